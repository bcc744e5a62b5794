import type { Command } from 'commander';
import type { HostLine, HostListing, HostView } from '../../../engine/commands.ts';
import { doing, examples } from '../context.ts';
import { describeHost } from '../host-wording.ts';
import { formatScore } from '../incident-wording.ts';
import { limitOption } from '../listing.ts';
import { queryOf } from '../query.ts';
import { table } from '../table.ts';
import { localTime } from '../time.ts';

const HEADS = ['host', 'groups', 'last seen', 'watched', 'answered', 'suspicion', 'learning', 'warming up'];

export function addHosts(program: Command): void {
  program
    .command('hosts')
    .argument('[address]', 'one host, such as 10.1.0.10')
    .description('List hosts whose usual behaviour is known, or show what is known of one')
    .addOption(limitOption())
    .addHelpText('after', examples('hosts', 'hosts 10.1.0.10'))
    .action(
      doing<{ limit: number }>(async ({ client, screen }, [address], { limit }) => {
        if (address !== undefined) {
          const host = await client.get<HostView>(`/v1/hosts/${encodeURIComponent(address)}`);
          screen.show(host, (one) => describeHost(one, screen.width));
          return undefined;
        }
        const listing = await client.get<HostListing>(`/v1/hosts${queryOf({ limit })}`);
        screen.show(listing, ({ hosts }) => (hosts.length === 0 ? 'none' : describe(hosts, screen.width)));
        if (listing.truncated)
          screen.remark(`There are more (${listing.established} are known): use --limit.`);
        return undefined;
      }),
    );
}

function describe(hosts: readonly HostLine[], width: number | undefined): string {
  const rows = hosts.map((one) => [
    one.host,
    one.groups.join(', ') || '-',
    localTime(one.lastSeenMs),
    `${one.hoursWatched}h`,
    String(one.answered),
    formatScore(one.suspicion),
    one.learning,
    one.warming.join(', ') || '-',
  ]);
  return table(HEADS, rows, width);
}
