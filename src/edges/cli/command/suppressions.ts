import { type Command, Option } from 'commander';
import type { Suppression } from '../../../incident/suppression.ts';
import { doing, examples } from '../context.ts';
import { limitOption, showPage } from '../listing.ts';
import { queryOf } from '../query.ts';
import { facts, table } from '../table.ts';
import type { CountedSuppression } from '../wire.ts';
import { describeEnd, describeScope, suppressionFacts } from '../wording.ts';

export function addSuppressions(program: Command): void {
  program
    .command('suppressions')
    .argument('[id]', 'one suppression, such as S7')
    .description(
      'List what is not reported because an incident was closed as false, newest first, or show one',
    )
    .addOption(new Option('--state <state>', 'only those').choices(['active', 'ended']))
    .addOption(limitOption())
    .addHelpText('after', examples('suppressions --state active', 'suppressions S7'))
    .action(
      doing<{ state?: string; limit: number }>(async (context, [id], options) => {
        if (id === undefined)
          return showPage(context, `/v1/suppressions${queryOf(options)}`, describeCounted);
        const path = `/v1/suppressions/${encodeURIComponent(id)}`;
        const one = await context.client.get<CountedSuppression>(path);
        context.screen.show(one, () => facts([...suppressionFacts(one), ['hits', hitsOf(one)]]));
        return undefined;
      }),
    );
}

export function addUnsuppress(program: Command): void {
  program
    .command('unsuppress')
    .argument('<id>', 'the suppression, such as S7')
    .description('End a suppression at once; what it silenced is reported again')
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples('unsuppress S7 --reason "the backup has moved"'))
    .action(
      doing<{ reason?: string }>(async ({ client, screen }, [id = ''], body) => {
        const path = `/v1/suppressions/${encodeURIComponent(id)}/revoke`;
        const suppression = await client.post<Suppression>(path, body);
        screen.show(suppression, (one) => facts(suppressionFacts(one)));
        return undefined;
      }),
    );
}

const HEADS = ['id', 'state', 'detector', 'silences', 'end', 'incident', 'by', 'reason'];

export function describeSuppressions(
  suppressions: readonly Suppression[],
  width: number | undefined,
): string {
  return table(HEADS, suppressions.map(cells), width);
}

function describeCounted(suppressions: readonly CountedSuppression[], width: number | undefined): string {
  const rows = suppressions.map((one) => cells(one).toSpliced(-1, 0, hitsOf(one)));
  return table(HEADS.toSpliced(-1, 0, 'hits'), rows, width);
}

function cells(one: Suppression): string[] {
  return [
    one.id,
    one.state,
    one.detector,
    describeScope(one),
    describeEnd(one),
    one.incident,
    one.actor,
    one.reason,
  ];
}

function hitsOf({ hits }: CountedSuppression): string {
  return hits === null ? '-' : String(hits);
}
