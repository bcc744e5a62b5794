import type { Command } from 'commander';
import type { Answer, Query, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { limitOption } from '../listing.ts';
import type { Look } from '../look.ts';
import { plain } from '../plain-text.ts';
import { table } from '../table.ts';
import { age } from '../time.ts';
import { watchOption } from '../watch-option.ts';

const HEADS = [
  'name',
  'address',
  { head: 'until', drop: 2 },
  { head: 'rules', drop: 3 },
  { head: 'shared with', drop: 1 },
];

export function defineNames(command: Command): void {
  command
    .argument('[name]', 'one name, such as mirror.example.org')
    .addOption(limitOption())
    .addOption(watchOption())
    .addHelpText('after', examples('names', 'names mirror.example.org', '--json names'))
    .action(
      doing<Query<'/v1/names'>>(async (context, [name], { limit }) => {
        const { screen } = context;
        const api = await context.api();
        const listing = await answered(api.GET('/v1/names', { params: { query: { name, limit } } }));
        screen.show(listing, describe);
        if (listing.truncated && !screen.json)
          screen.remark(`There are more (${listing.known} are known): use --limit.`);
        return undefined;
      }),
    );
}

function describe({ names, watching }: Answer<'get', '/v1/names'>, look: Look): string {
  if (watching === null) return 'the policy has no names';
  const { resolvers, whenDown, counters, error } = watching;
  const seen = `${counters.learnt} answers taught something, ${counters.unasked} that nobody asked for did not`;
  const about = `learnt from ${resolvers.join(', ')}; without the daemon DNS ${whenDown === 'pass' ? 'passes' : 'is held'}; ${seen}`;
  const rows = names.flatMap((each) => rowsOf(each, look));
  const list = names.length === 0 ? 'none' : table(HEADS, rows, look);
  return `${list}\n\n${plain(error ?? about)}`;
}

function rowsOf({ name, rules, addresses }: Schema<'Name'>, look: Look): string[][] {
  return addresses.map(({ address, untilMs, sharedWith }, i) => [
    i === 0 ? name : '',
    address,
    age(untilMs, look),
    i === 0 ? rules.join(', ') || '-' : '',
    sharedWith.join(', ') || '-',
  ]);
}
