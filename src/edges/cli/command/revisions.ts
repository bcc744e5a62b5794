import type { Command } from 'commander';
import type { RollbackResult } from '../../../engine/commands.ts';
import type { Revision } from '../../../ledger/revision.ts';
import type { Client } from '../client.ts';
import { doing, examples, parsed } from '../context.ts';
import { CommandError } from '../errors.ts';
import { limitOption, showPage, wholeNumber } from '../listing.ts';
import { queryOf } from '../query.ts';
import { facts, table } from '../table.ts';
import { localTime, timeLeft } from '../time.ts';
import type { Page, Status, TriedRevision } from '../wire.ts';

export function addRevisions(program: Command): void {
  program
    .command('revisions')
    .description('List revisions, newest first')
    .addOption(limitOption())
    .addHelpText('after', examples('revisions --limit 10'))
    .action(
      doing<{ limit: number }>((context, _args, options) =>
        showPage(context, `/v1/revisions${queryOf({ ...options })}`, describeAll),
      ),
    );
}

export function addRollback(program: Command): void {
  program
    .command('rollback')
    .argument(
      '[revision]',
      'default: the one before the current, or the last that needs no confirmation',
      parsed(wholeNumber),
    )
    .description('Make policy and standing decisions those of a revision; this is a new revision')
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples('rollback', 'rollback 12 --reason "the new rule cut off the printers"'))
    .action(
      doing<{ reason?: string }>(async ({ client, screen }, [text], options) => {
        const to = text === undefined ? await previousRevision(client) : wholeNumber(text);
        const result = await client.post<RollbackResult>('/v1/rollback', { to, ...options });
        screen.show(result, describeRollback);
        return undefined;
      }),
    );
}

/** Of a policy that waits to be confirmed: the last good one. */
async function previousRevision(client: Client): Promise<number> {
  const { trial } = await client.get<Status>('/v1/status');
  if (trial) return trial.restoreTo;
  const { items } = await client.get<Page<Revision>>('/v1/revisions?limit=2');
  const previous = items[1];
  if (previous) return previous.number;
  throw new CommandError('no-revision', 1, 'there is no revision before the current one');
}

function describeAll(revisions: readonly TriedRevision[], width: number | undefined): string {
  const rows = revisions.map((one) => [
    String(one.number),
    localTime(one.atMs),
    one.restoredFrom === null ? one.kind : `${one.kind} to ${one.restoredFrom}`,
    one.actor,
    one.policyDigest.slice(0, 12),
    describeConfirmation(one),
    one.reason,
  ]);
  return table(['number', 'made', 'kind', 'by', 'policy', 'confirmed', 'reason'], rows, width);
}

function describeConfirmation({ trial }: TriedRevision): string {
  if (trial === null) return '-';
  const { state, end, deadlineMs } = trial;
  if (end === null) return `WAITS, ends ${timeLeft(deadlineMs)}`;
  return state === 'confirmed' ? `by ${end.actor}` : `no: taken back by ${end.revision}`;
}

function describeRollback(result: RollbackResult): string {
  const list = (ids: readonly string[]) => ids.join(', ') || 'none';
  return facts([
    ['revision', `${result.revision}, equal to ${result.restoredFrom}`],
    ['policy', result.policyChanged ? 'changed' : 'as before'],
    ['lifted', list(result.lifted)],
    ['reinstated', list(result.reinstated)],
    ['expired since', list(result.expired)],
  ]);
}
