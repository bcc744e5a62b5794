import { type Command, Option } from 'commander';
import type { Query, Schema } from 'penstock-client';
import { formatSize } from '../../../policy/quantity.ts';
import { hasPorts, protocolName } from '../../../policy/schema/protocol.ts';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import { limitOption, wholeNumber } from '../listing.ts';
import { type Look, painted } from '../look.ts';
import { table } from '../table.ts';
import { span } from '../time.ts';
import { watchOption } from '../watch-option.ts';

const HEADS = [
  'verdict',
  { head: 'protocol', drop: 3 },
  'host',
  'destination',
  { head: 'out', drop: 2 },
  { head: 'in', drop: 4 },
  { head: 'age', drop: 5 },
  { head: 'because', drop: 1 },
];

export function defineFlows(command: Command): void {
  command
    .option('--host <address>', 'only flows of this host of ours')
    .option('--destination <address>', 'only flows to this address')
    .option('--port <port>', 'only flows to this port', parsed(wholeNumber))
    .option('--rule <id>', 'only flows that this rule allows or this deny list names')
    .addOption(new Option('--verdict <verdict>', 'only those').choices(['allow', 'deny', 'exempt']))
    .addOption(
      new Option('--sort <order>', 'the highest first').choices(['started', 'lastSeen', 'bytes', 'bytesOut']),
    )
    .addOption(limitOption())
    .addOption(watchOption())
    .addHelpText(
      'after',
      examples('flows --verdict deny', 'flows --host 10.1.0.10', 'flows --sort bytesOut --limit 20 --watch'),
    )
    .action(
      doing<Query<'/v1/flows'>>(
        async (context, _args, { host, destination, port, rule, verdict, sort, limit }) => {
          const { screen } = context;
          const query = { host, destination, port, rule, verdict, sort, limit };
          const api = await context.api();
          const listing = await answered(api.GET('/v1/flows', { params: { query } }));
          screen.show(listing, ({ flows }, look) => (flows.length === 0 ? 'none' : describe(flows, look)));
          if (listing.truncated && !screen.json)
            screen.remark(`There are more (${listing.standing} stand): use --limit or a filter.`);
          return undefined;
        },
      ),
    );
}

function describe(flows: readonly Schema<'Flow'>[], look: Look): string {
  const rows = flows.map((flow) => [
    painted(flow.verdict),
    protocolName(flow.protocol),
    end(flow.protocol, flow.host, flow.hostPort),
    end(flow.protocol, flow.destination, flow.destinationPort),
    formatSize(flow.bytesOut),
    formatSize(flow.bytesIn),
    flow.startedAtMs > 0 ? span(look.nowMs - flow.startedAtMs) : '-',
    flow.because,
  ]);
  return table(HEADS, rows, look);
}

function end(protocol: number, address: string, port: number): string {
  if (!hasPorts(protocol)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
