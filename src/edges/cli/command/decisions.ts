import { type Command, Option } from 'commander';
import type { Decision } from '../../../decision/decision.ts';
import { doing, examples } from '../context.ts';
import { limitOption, showPage } from '../listing.ts';
import { queryOf } from '../query.ts';
import { facts, table } from '../table.ts';
import { localTime } from '../time.ts';
import { decisionFacts, describeDeadline, describeTarget } from '../wording.ts';

const STATES = ['pending', 'provisional', 'active', 'rejected', 'lapsed', 'expired', 'revoked'];

interface Options {
  state?: string;
  incident?: string;
  limit: number;
}

export function addDecisions(program: Command): void {
  program
    .command('decisions')
    .argument('[id]', 'one decision, such as D42')
    .description('List decisions, newest first, or show one')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--incident <id>', 'only those about this incident')
    .addOption(limitOption())
    .addHelpText('after', examples('decisions --state pending', 'decisions D42'))
    .action(
      doing<Options>(async (context, [id], options) => {
        if (id === undefined)
          return showPage(context, `/v1/decisions${queryOf({ ...options })}`, describeAll);
        const decision = await context.client.get<Decision>(`/v1/decisions/${encodeURIComponent(id)}`);
        context.screen.show(decision, (one) => facts(decisionFacts(one)));
        return undefined;
      }),
    );
}

function describeAll(decisions: readonly Decision[], width: number | undefined): string {
  const rows = decisions.map((one) => [
    one.id,
    one.state,
    one.action,
    describeTarget(one.target),
    describeDeadline(one),
    localTime(one.createdAtMs),
    one.reason,
  ]);
  return table(['id', 'state', 'action', 'target', 'deadline', 'made', 'reason'], rows, width);
}
