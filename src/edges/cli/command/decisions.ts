import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { limitOption, showPage } from '../listing.ts';
import { type Look, painted } from '../look.ts';
import { facts, table } from '../table.ts';
import { age } from '../time.ts';
import { watchOption } from '../watch-option.ts';
import { decisionFacts, describeDeadline, describeTarget } from '../wording.ts';

const STATES = ['pending', 'provisional', 'active', 'rejected', 'lapsed', 'expired', 'revoked'];

const HEADS = [
  'id',
  'state',
  { head: 'action', drop: 2 },
  'target',
  'deadline',
  { head: 'made', drop: 3 },
  { head: 'reason', drop: 1 },
];

export function defineDecisions(command: Command): void {
  command
    .argument('[id]', 'one decision, such as D42')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--incident <id>', 'only those about this incident')
    .addOption(limitOption())
    .addOption(watchOption())
    .addHelpText('after', examples('decisions --state pending', 'decisions --watch', 'decisions D42'))
    .action(
      doing<Query<'/v1/decisions'>>(
        async (context, [id], { state, incident, limit }) => {
          const api = await context.api();
          if (id === undefined) {
            const query = { state, incident, limit };
            return showPage(context, api.GET('/v1/decisions', { params: { query } }), describeAll);
          }
          const decision = await answered(api.GET('/v1/decisions/{id}', { params: { path: { id } } }));
          context.screen.show(decision, (one, look) => facts(decisionFacts(one, look), look));
          return undefined;
        },
        ['decision', 'enforcement'],
      ),
    );
}

function describeAll(decisions: readonly Schema<'Decision'>[], look: Look): string {
  const rows = decisions.map((one) => [
    one.id,
    painted(one.state),
    one.action,
    describeTarget(one.target),
    describeDeadline(one, look),
    age(one.createdAtMs, look),
    one.reason,
  ]);
  return table(HEADS, rows, look);
}
