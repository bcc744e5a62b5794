/** The daemon's own log: JSON lines with ECS field names on standard error, as the alerts are. */
import { ecsFormat } from '@elastic/ecs-pino-format';
import { destination, type Logger, pino } from 'pino';

export function openLog(): Logger {
  // Synchronous: the last words before an exit must not be lost.
  return pino({ ...ecsFormat(), name: 'penstock' }, destination({ dest: 2, sync: true }));
}
