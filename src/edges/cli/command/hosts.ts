import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { describeHost } from '../host-wording.ts';
import { formatScore } from '../incident-wording.ts';
import { limitOption } from '../listing.ts';
import { type Look, painted } from '../look.ts';
import { table } from '../table.ts';
import { age } from '../time.ts';
import { watchOption } from '../watch-option.ts';

const HEADS = [
  'host',
  { head: 'groups', drop: 2 },
  'last seen',
  { head: 'watched', drop: 4 },
  { head: 'answered', drop: 5 },
  'suspicion',
  { head: 'learning', drop: 3 },
  { head: 'warming up', least: 12 },
];

export function defineHosts(command: Command): void {
  command
    .argument('[address]', 'one host, such as 10.1.0.10')
    .option('--group <name>', 'only hosts of this group of the policy')
    .addOption(
      new Option('--sort <order>', 'the highest first')
        .choices(['lastSeen', 'suspicion'])
        .default('lastSeen'),
    )
    .addOption(limitOption())
    .addOption(watchOption())
    .addHelpText('after', examples('hosts', 'hosts --sort suspicion --watch', 'hosts 10.1.0.10'))
    .action(
      doing<Query<'/v1/hosts'>>(async (context, [host], { group, sort, limit }) => {
        const api = await context.api();
        const { screen } = context;
        if (host !== undefined) {
          const known = await answered(api.GET('/v1/hosts/{host}', { params: { path: { host } } }));
          screen.show(known, describeHost);
          return undefined;
        }
        const listing = await answered(api.GET('/v1/hosts', { params: { query: { group, sort, limit } } }));
        screen.show(listing, ({ hosts }, look) => (hosts.length === 0 ? 'none' : describe(hosts, look)));
        if (listing.truncated && !screen.json)
          screen.remark(`There are more (${listing.established} are known): use --limit.`);
        return undefined;
      }),
    );
}

function describe(hosts: readonly Schema<'HostLine'>[], look: Look): string {
  const rows = hosts.map((one) => [
    one.host,
    one.groups.join(', ') || '-',
    age(one.lastSeenMs, look),
    `${one.hoursWatched}h`,
    String(one.answered),
    formatScore(one.suspicion),
    painted(one.learning),
    one.warming.join(', ') || '-',
  ]);
  return table(HEADS, rows, look);
}
