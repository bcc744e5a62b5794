import { type Command, Option } from 'commander';
import type { Answer } from 'penstock-client';
import { parseDuration } from '../../../policy/quantity.ts';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import { CommandError } from '../errors.ts';
import { type Look, painted } from '../look.ts';
import { facts } from '../table.ts';
import { describeSuppressions } from './suppressions.ts';

interface Options {
  false?: boolean;
  for?: number;
  /** false with --no-suppression. */
  suppression: boolean;
  reason: string;
}

export function defineClose(command: Command): void {
  command
    .argument('<id>', 'the incident, such as I42')
    .option('--false', 'it never was an incident')
    .addOption(
      new Option('--for <span>', 'with --false: how long, from 1m to 90d; default 30d').argParser(
        parsed(parseDuration),
      ),
    )
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
      doing<Options>(async (context, [id = ''], options) => {
        const body = closingOf(options);
        const api = await context.api();
        const closed = await answered(
          api.POST('/v1/incidents/{id}/close', { params: { path: { id } }, body }),
        );
        context.screen.show(closed, describe);
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
  return { reason, verdict: 'false' as const, suppressForMs: suppression ? suppressForMs : null };
}

type Closed = Answer<'post', '/v1/incidents/{id}/close'>;

function describe({ id, state, suppressions, note }: Closed, look: Look): string {
  const known = facts(
    [['incident', id], ['state', painted(state)], ...(note === null ? [] : [['note', note] as const])],
    look,
  );
  return suppressions.length === 0 ? known : `${known}\n\n${describeSuppressions(suppressions, look)}`;
}
