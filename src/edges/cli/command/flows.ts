import { type Command, Option } from 'commander';
import type { FlowListing, FlowView } from '../../../engine/commands.ts';
import { hasPorts, protocolName } from '../../../policy/schema/protocol.ts';
import { formatSize } from '../../../policy/schema/quantity.ts';
import { doing, examples } from '../context.ts';
import { limitOption } from '../listing.ts';
import { queryOf } from '../query.ts';
import { table } from '../table.ts';
import { span } from '../time.ts';

interface Options {
  host?: string;
  destination?: string;
  verdict?: string;
  limit: number;
}

export function addFlows(program: Command): void {
  program
    .command('flows')
    .description('List standing flows and what the policy says of them')
    .option('--host <address>', 'only flows of this host of ours')
    .option('--destination <address>', 'only flows to this address')
    .addOption(new Option('--verdict <verdict>', 'only those').choices(['allow', 'deny', 'exempt']))
    .addOption(limitOption())
    .addHelpText('after', examples('flows --verdict deny', 'flows --host 10.1.0.10'))
    .action(
      doing<Options>(async ({ client, screen }, _args, options) => {
        const listing = await client.get<FlowListing>(`/v1/flows${queryOf({ ...options })}`);
        screen.show(listing, ({ flows }) => (flows.length === 0 ? 'none' : describe(flows, screen.width)));
        if (listing.truncated)
          screen.remark(`There are more (${listing.standing} stand): use --limit or a filter.`);
        return undefined;
      }),
    );
}

function describe(flows: readonly FlowView[], width: number | undefined): string {
  const rows = flows.map((flow) => [
    flow.verdict,
    protocolName(flow.protocol),
    end(flow.protocol, flow.host, flow.hostPort),
    end(flow.protocol, flow.destination, flow.destinationPort),
    formatSize(flow.bytesOut),
    formatSize(flow.bytesIn),
    flow.startedAtMs > 0 ? span(Date.now() - flow.startedAtMs) : '-',
    flow.because,
  ]);
  return table(['verdict', 'protocol', 'host', 'destination', 'out', 'in', 'age', 'because'], rows, width);
}

function end(protocol: number, address: string, port: number): string {
  if (!hasPorts(protocol)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
