/** Rows as flows: turns originator and peer into ours and theirs. */
import { copyAddress, type MutableAddress, mutableAddress } from '../address/address.ts';
import type { Flow } from './flow.ts';
import * as row from './flow-rows.ts';

/** A flow that is filled again and again. */
export type MutableFlow = { -readonly [K in keyof Flow]: Flow[K] } & {
  readonly host: MutableAddress;
  readonly destination: MutableAddress;
  readonly translated: MutableAddress;
};

export function emptyFlow(): MutableFlow {
  return {
    direction: 'foreign',
    protocol: 0,
    host: mutableAddress(),
    hostPort: 0,
    destination: mutableAddress(),
    destinationPort: 0,
    translated: mutableAddress(),
    translatedPort: 0,
    icmpType: -1,
    icmpCode: -1,
    startedAtMs: 0,
    lastSeenAtMs: 0,
    replied: false,
    bytesOut: 0,
    bytesIn: 0,
    packetsOut: 0,
    packetsIn: 0,
  };
}

/** A copy that the next observation does not change. */
export function copyFlow(flow: Flow): Flow {
  const { host, destination, translated } = flow;
  return {
    ...flow,
    host: copyAddress(host),
    destination: copyAddress(destination),
    translated: copyAddress(translated),
  };
}

/** `at` is a row's index. */
export function readFlow(rows: row.FlowRows, at: number, flow: MutableFlow): void {
  const side = rows.side(at);
  if (side === 'inbound' || side === 'inboundTranslated') readInbound(rows, at, side, flow);
  else readOutbound(rows, at, side, flow);
  flow.protocol = rows.protocol(at);
  flow.icmpType = rows.icmpType(at);
  flow.icmpCode = rows.icmpCode(at);
  flow.startedAtMs = rows.numbers[at * row.NUMBERS + row.STARTED];
  flow.lastSeenAtMs = rows.numbers[at * row.NUMBERS + row.LAST_SEEN];
  flow.replied = rows.flag(at, row.REPLIED);
}

function readOutbound(
  rows: row.FlowRows,
  at: number,
  direction: 'outbound' | 'foreign',
  flow: MutableFlow,
): void {
  flow.direction = direction;
  rows.readAddress(at, row.SOURCE, flow.host);
  flow.hostPort = rows.port(at, row.SOURCE_PORT);
  rows.readAddress(at, row.DESTINATION, flow.destination);
  flow.destinationPort = rows.port(at, row.DESTINATION_PORT);
  rows.readAddress(at, row.TRANSLATED, flow.translated);
  flow.translatedPort = rows.port(at, row.TRANSLATED_PORT);
  flow.bytesOut = rows.numbers[at * row.NUMBERS + row.ORIGINAL_BYTES];
  flow.packetsOut = rows.numbers[at * row.NUMBERS + row.ORIGINAL_PACKETS];
  flow.bytesIn = rows.numbers[at * row.NUMBERS + row.REPLY_BYTES];
  flow.packetsIn = rows.numbers[at * row.NUMBERS + row.REPLY_PACKETS];
}

/** The other end is the originator, whom NAT does not move. */
function readInbound(
  rows: row.FlowRows,
  at: number,
  side: 'inbound' | 'inboundTranslated',
  flow: MutableFlow,
): void {
  const named = side === 'inbound';
  flow.direction = 'inbound';
  rows.readAddress(at, named ? row.DESTINATION : row.TRANSLATED, flow.host);
  flow.hostPort = rows.port(at, named ? row.DESTINATION_PORT : row.TRANSLATED_PORT);
  rows.readAddress(at, row.SOURCE, flow.destination);
  rows.readAddress(at, row.SOURCE, flow.translated);
  flow.destinationPort = rows.port(at, row.SOURCE_PORT);
  flow.translatedPort = flow.destinationPort;
  flow.bytesOut = rows.numbers[at * row.NUMBERS + row.REPLY_BYTES];
  flow.packetsOut = rows.numbers[at * row.NUMBERS + row.REPLY_PACKETS];
  flow.bytesIn = rows.numbers[at * row.NUMBERS + row.ORIGINAL_BYTES];
  flow.packetsIn = rows.numbers[at * row.NUMBERS + row.ORIGINAL_PACKETS];
}
