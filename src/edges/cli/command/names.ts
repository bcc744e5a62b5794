import type { Command } from 'commander';
import type { NameListing, NameView } from '../../../engine/name-listing.ts';
import { doing, examples } from '../context.ts';
import { limitOption } from '../listing.ts';
import { queryOf } from '../query.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

const HEADS = ['name', 'address', 'until', 'rules', 'shared with'];

export function addNames(program: Command): void {
  program
    .command('names')
    .argument('[name]', 'one name, such as mirror.example.org')
    .description('List names that rules allow, with the addresses that resolvers have answered')
    .addOption(limitOption())
    .addHelpText('after', examples('names', 'names mirror.example.org', '--json names'))
    .action(
      doing<{ limit: number }>(async ({ client, screen }, [name], { limit }) => {
        const listing = await client.get<NameListing>(`/v1/names${queryOf({ name, limit })}`);
        screen.show(listing, (those) => describe(those, screen.width));
        if (listing.truncated) screen.remark(`There are more (${listing.known} are known): use --limit.`);
        return undefined;
      }),
    );
}

function describe({ names, watching }: NameListing, width: number | undefined): string {
  if (watching === null) return 'the policy has no names';
  const { resolvers, whenDown, counters, error } = watching;
  const seen = `${counters.learnt} answers taught something, ${counters.unasked} that nobody asked for did not`;
  const about = `learnt from ${resolvers.join(', ')}; without the daemon DNS ${whenDown === 'pass' ? 'passes' : 'is held'}; ${seen}`;
  const list = names.length === 0 ? 'none' : table(HEADS, names.flatMap(rowsOf), width);
  return `${list}\n\n${error ?? about}`;
}

function rowsOf({ name, rules, addresses }: NameView): string[][] {
  return addresses.map(({ address, untilMs, sharedWith }, i) => [
    i === 0 ? name : '',
    address,
    localTime(untilMs),
    i === 0 ? rules.join(', ') || '-' : '',
    sharedWith.join(', ') || '-',
  ]);
}
