import type { Command } from 'commander';
import type { Decision } from '../../../decision/decision.ts';
import type { RollbackResult, Undone } from '../../../engine/commands.ts';
import type { ProposedPolicy } from '../../../ledger/proposed-policy.ts';
import type { Revision } from '../../../ledger/revision.ts';
import type { Client } from '../client.ts';
import { type Context, doing, examples, parsed } from '../context.ts';
import { CommandError } from '../errors.ts';
import { limitOption, showPage, wholeNumber } from '../listing.ts';
import { plain, plainLines } from '../plain-text.ts';
import { queryOf } from '../query.ts';
import { facts, table } from '../table.ts';
import { localTime, timeLeft } from '../time.ts';
import type { Page, PolicyText, Status, TriedRevision } from '../wire.ts';
import { describeDeadline, describeTarget } from '../wording.ts';
import { describeProposal } from './proposal.ts';

export function addRevisions(program: Command): void {
  program
    .command('revisions')
    .argument('[revision]', 'show this one, with its policy as it was written', parsed(wholeNumber))
    .description('List revisions, newest first, or show one')
    .addOption(limitOption())
    .addHelpText('after', examples('revisions --limit 10', 'revisions 12'))
    .action(
      doing<{ limit: number }>((context, [number], options) =>
        number === undefined
          ? showPage(context, `/v1/revisions${queryOf({ ...options })}`, describeAll)
          : showOne(context, wholeNumber(number)),
      ),
    );
}

async function showOne({ client, screen }: Context, number: number): Promise<undefined> {
  const revision = await client.get<TriedRevision>(`/v1/revisions/${number}`);
  const policy = await client.get<PolicyText>(`/v1/revisions/${number}/policy`);
  screen.show({ ...revision, policy }, describeOne);
}

function describeOne({ policy, ...one }: TriedRevision & { policy: PolicyText }): string {
  const head = facts([
    ['revision', String(one.number)],
    ['made', `${localTime(one.atMs)} by ${one.actor}`],
    ['kind', one.restoredFrom === null ? one.kind : `${one.kind} to ${one.restoredFrom}`],
    ['reason', one.reason || '-'],
    ['confirmed', describeConfirmation(one)],
    ['policy', `${policy.name} ${one.policyDigest}`],
    ['kernel table', one.rulesetDigest ?? 'not known'],
  ]);
  const files = Object.entries(policy.files).map(([name, text]) => `--- ${plain(name)}\n${plainLines(text)}`);
  return [head, ...files].join('\n\n');
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
    .option('--decision <id>', 'undo the last change of this decision and nothing else')
    .option('--reason <text>', 'why; goes into the ledger')
    .option('--force', 'though it cuts the path of an operator')
    .addHelpText(
      'after',
      examples(
        'rollback',
        'rollback 12 --reason "the new rule cut off the printers"',
        'rollback --decision D7 --reason "it was the wrong host"',
      ),
    )
    .action(
      doing<{ reason?: string; force?: boolean; decision?: string }>(
        async (context, [text], { decision, ...options }) => {
          const { client, screen } = context;
          if (decision !== undefined && text !== undefined)
            throw new CommandError('bad-arguments', 2, 'name either a revision or --decision, not both');
          if (decision !== undefined) return undo(context, decision, { reason: options.reason });
          const to = text === undefined ? await previousRevision(client) : wholeNumber(text);
          const result = await client.post<RolledBack>('/v1/rollback', { to, ...options });
          screen.show(result, describeRollback);
          return undefined;
        },
      ),
    );
}

async function undo({ client, screen }: Context, id: string, body: { reason?: string }): Promise<undefined> {
  const undone = await client.post<Undone>(`/v1/decisions/${encodeURIComponent(id)}/undo`, body);
  screen.show(undone, describeUndone);
}

function describeUndone({ revision, undone, withdrawn, reinstated }: Undone): string {
  const word = (one: Decision) => `${one.id} ${one.state}, ${one.action} ${describeTarget(one.target)}`;
  return facts([
    ['revision', `${revision}, undoes the last change of ${undone}`],
    ['taken back', withdrawn ? word(withdrawn) : 'nothing'],
    ['made anew', reinstated ? `${word(reinstated)}, ${describeDeadline(reinstated)}` : 'nothing'],
  ]);
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

type RolledBack = RollbackResult & { readonly proposal: ProposedPolicy | null };

function describeRollback(result: RolledBack): string {
  if (result.proposal)
    return `nothing changed yet: it takes a second person\n${describeProposal(result.proposal)}`;
  const list = (ids: readonly string[]) => ids.join(', ') || 'none';
  return facts([
    ['revision', `${result.revision}, equal to ${result.restoredFrom}`],
    ['policy', result.policyChanged ? 'changed' : 'as before'],
    ['lifted', list(result.lifted)],
    ['reinstated', list(result.reinstated)],
    ['expired since', list(result.expired)],
  ]);
}
