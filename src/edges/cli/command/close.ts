import { type Command, Option } from 'commander';
import { parseDuration } from '../../../policy/schema/quantity.ts';
import { doing, examples, parsed } from '../context.ts';
import { CommandError } from '../errors.ts';
import { facts } from '../table.ts';
import type { Closed } from '../wire.ts';
import { describeSuppressions } from './suppressions.ts';

interface Options {
  false?: boolean;
  for?: number;
  /** false with --no-suppression. */
  suppression: boolean;
  reason: string;
}

const WITH_FALSE = new Option(
  '--for <span>',
  'with --false: how long, from 1m to 90d; default 30d',
).argParser(parsed(parseDuration));

export function addClose(program: Command): void {
  program
    .command('close')
    .argument('<id>', 'the incident, such as I42')
    .description('Close an incident; as false, what its evidence says is not reported for a while')
    .option('--false', 'it never was an incident')
    .addOption(WITH_FALSE)
    .option('--no-suppression', 'with --false: report it again all the same')
    .requiredOption('--reason <text>', 'why; goes into the ledger')
    .addHelpText(
      'after',
      examples(
        'close I42 --reason "cleaned the host"',
        'close I42 --false --for 7d --reason "the nightly backup"',
      ),
    )
    .action(
      doing<Options>(async ({ client, screen }, [id = ''], options) => {
        const path = `/v1/incidents/${encodeURIComponent(id)}/close`;
        const closed = await client.post<Closed>(path, closingOf(options));
        screen.show(closed, (one) => describe(one, screen.width));
        return undefined;
      }),
    );
}

function closingOf({ false: isFalse = false, for: suppressForMs, suppression, reason }: Options) {
  if (!isFalse && (suppressForMs !== undefined || !suppression)) {
    throw new CommandError('bad-option', 2, '--for and --no-suppression have no meaning without --false');
  }
  if (suppressForMs !== undefined && !suppression) {
    throw new CommandError('bad-option', 2, '--for has no meaning with --no-suppression');
  }
  if (!isFalse) return { reason };
  return { reason, verdict: 'false', suppressForMs: suppression ? suppressForMs : null };
}

function describe({ id, state, suppressions, note }: Closed, width: number | undefined): string {
  const known = facts([
    ['incident', id],
    ['state', state],
    ...(note === null ? [] : [['note', note] as const]),
  ]);
  return suppressions.length === 0 ? known : `${known}\n\n${describeSuppressions(suppressions, width)}`;
}
