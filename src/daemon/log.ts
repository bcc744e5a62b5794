/** The daemon's own log: JSON lines with ECS field names on standard error, as the alerts are. */
import { ecsFormat } from '@elastic/ecs-pino-format';
import { destination, type Logger, type LoggerOptions, pino } from 'pino';

export function openLog(): Logger {
  const format = ecsFormat();
  const formatters = { ...format.formatters, log: withErrorCode(format.formatters?.log) };
  // Synchronous: the last words before an exit must not be lost.
  return pino({ ...format, formatters, name: 'penstock' }, destination({ dest: 2, sync: true }));
}

type FormatLog = NonNullable<LoggerOptions['formatters']>['log'];

/** ECS `error.code`: the format leaves out what tells our errors apart. */
function withErrorCode(format: FormatLog = (fields) => fields): FormatLog {
  return (fields) => {
    const { err } = fields;
    const formatted = format(fields);
    if (!(err instanceof Error && 'code' in err)) return formatted;
    return { ...formatted, error: { ...(formatted.error as object), code: err.code } };
  };
}
