import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { limitOption, showPage } from '../listing.ts';
import { type Cell, type Look, painted } from '../look.ts';
import { facts, table } from '../table.ts';
import { describeEnd, describeScope, suppressionFacts } from '../wording.ts';

type Suppression = Schema<'Suppression'>;
type CountedSuppression = Schema<'CountedSuppression'>;

export function defineSuppressions(command: Command): void {
  command
    .argument('[id]', 'one suppression, such as S7')
    .addOption(new Option('--state <state>', 'only those').choices(['active', 'ended']))
    .addOption(limitOption())
    .addHelpText('after', examples('suppressions --state active', 'suppressions S7'))
    .action(
      doing<Query<'/v1/suppressions'>>(async (context, [id], query) => {
        const api = await context.api();
        if (id === undefined)
          return showPage(context, api.GET('/v1/suppressions', { params: { query } }), describeCounted);
        const one = await answered(api.GET('/v1/suppressions/{id}', { params: { path: { id } } }));
        context.screen.show(one, (_, look) =>
          facts([...suppressionFacts(one, look), ['hits', hitsOf(one)]], look),
        );
        return undefined;
      }),
    );
}

const HEADS = [
  'id',
  'state',
  { head: 'detector', drop: 1 },
  { head: 'silences', least: 20 },
  'end',
  { head: 'incident', drop: 2 },
  { head: 'by', drop: 3 },
];

export function describeSuppressions(suppressions: readonly Suppression[], look: Look): string {
  const rows = suppressions.map((one) => [...cells(one, look), one.reason]);
  return table([...HEADS, 'reason'], rows, look);
}

function describeCounted(suppressions: readonly CountedSuppression[], look: Look): string {
  const rows = suppressions.map((one) => [...cells(one, look), hitsOf(one), one.reason]);
  return table([...HEADS, 'hits', 'reason'], rows, look);
}

function cells(one: Suppression, look: Look): Cell[] {
  return [
    one.id,
    painted(one.state),
    one.detector,
    describeScope(one),
    describeEnd(one, look),
    one.incident,
    one.actor,
  ];
}

function hitsOf({ hits }: CountedSuppression): string {
  return hits === null ? '-' : String(hits);
}
