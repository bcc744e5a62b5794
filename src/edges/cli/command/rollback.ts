import type { Command } from 'commander';
import type { Answer, Client, Schema } from 'penstock-client';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import type { Look } from '../look.ts';
import { describeProposal } from '../proposal-wording.ts';
import { facts } from '../table.ts';
import { trialSpan } from '../trial-span.ts';
import { describeTrial } from '../trial-wording.ts';
import { describeDeadline, describeTarget } from '../wording.ts';

interface Options {
  reason?: string;
  force?: boolean;
  decision?: string;
  confirmWithin?: string;
}

export function defineRollback(command: Command): void {
  command
    .argument(
      '[revision]',
      'default: the one before the current, or the last that needs no confirmation',
      parsed(wholeNumber),
    )
    .option('--decision <id>', 'undo the last change of this decision and nothing else')
    .option('--reason <text>', 'why; goes into the ledger')
    .option(
      '--confirm-within <span>',
      'take it back by itself unless confirmed in time, such as 60s',
      parsed(trialSpan),
    )
    .option('--force', 'though it cuts the path of an operator')
    .addHelpText(
      'after',
      examples(
        'rollback',
        'rollback 12 --reason "the new rule cut off the printers"',
        'rollback 12 --confirm-within 60s, then penstock confirm',
        'rollback --decision D7 --reason "it was the wrong host"',
      ),
    )
    .action(
      doing<Options>(async (context, [text], { decision, ...options }) => {
        if (decision !== undefined && text !== undefined)
          throw new CommandError('bad-arguments', 2, 'name either a revision or --decision, not both');
        if (decision !== undefined && options.confirmWithin !== undefined)
          throw new CommandError('bad-option', 2, '--confirm-within has no meaning with --decision');
        if (decision !== undefined) return undo(context, decision, { reason: options.reason });
        const api = await context.api();
        const to = text === undefined ? await previousRevision(api) : wholeNumber(text);
        const result = await answered(api.POST('/v1/rollback', { body: { to, ...options } }));
        context.screen.show(result, describeRollback);
        return undefined;
      }),
    );
}

async function undo(context: Context, id: string, body: { reason?: string }): Promise<undefined> {
  const api = await context.api();
  const undone = await answered(api.POST('/v1/decisions/{id}/undo', { params: { path: { id } }, body }));
  context.screen.show(undone, describeUndone);
}

type Undone = Answer<'post', '/v1/decisions/{id}/undo'>;

function describeUndone({ revision, undone, withdrawn, reinstated }: Undone, look: Look): string {
  const word = (one: Schema<'Decision'>) =>
    `${one.id} ${one.state}, ${one.action} ${describeTarget(one.target)}`;
  return facts(
    [
      ['revision', `${revision}, undoes the last change of ${undone}`],
      ['taken back', withdrawn ? word(withdrawn) : 'nothing'],
      ['made anew', reinstated ? `${word(reinstated)}, ${describeDeadline(reinstated, look)}` : 'nothing'],
    ],
    look,
  );
}

/** Of a policy that waits to be confirmed: the last good one. */
async function previousRevision(api: Client): Promise<number> {
  const { trial } = await answered(api.GET('/v1/status'));
  if (trial) return trial.restoreTo;
  const { items } = await answered(api.GET('/v1/revisions', { params: { query: { limit: 2 } } }));
  const previous = items[1];
  if (previous) return previous.number;
  throw new CommandError('no-revision', 1, 'there is no revision before the current one');
}

function describeRollback(result: Answer<'post', '/v1/rollback'>, look: Look): string {
  if (result.proposal)
    return `nothing changed yet: it takes a second person\n${describeProposal(result.proposal, look)}`;
  const list = (ids: readonly string[]) => ids.join(', ') || 'none';
  return facts(
    [
      ['revision', `${result.revision}, equal to ${result.restoredFrom}`],
      ...(result.trial ? [['on trial', describeTrial(result.trial)] as const] : []),
      ['policy', result.policyChanged ? 'changed' : 'as before'],
      ['lifted', list(result.lifted)],
      ['reinstated', list(result.reinstated)],
      ['expired since', list(result.expired)],
      ['never to block', list(result.protected)],
    ],
    look,
  );
}
