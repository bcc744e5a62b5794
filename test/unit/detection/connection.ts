/** Connections from few words, and the changes that the flow table would report of them. */
import { parseAddress } from '../../../src/address/address.ts';
import type { Flow, FlowChange } from '../../../src/flow/flow.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const MB = 1e6;

/** A Monday at 00:00 UTC. */
export const START = Date.UTC(2026, 2, 2);
export const HOST = '10.1.0.10';

export interface Connection {
  readonly atMs: number;
  readonly host?: string;
  /** `address port`; the port is the type for ICMP. */
  readonly to: string;
  readonly protocol?: number;
  readonly outcome?: 'answered' | 'unanswered' | 'refused';
  readonly bytesOut?: number;
  readonly bytesIn?: number;
  /** Default: packets of 1,000 bytes. */
  readonly packetsOut?: number;
  readonly durationMs?: number;
  readonly direction?: Flow['direction'];
}

export interface TimedChange {
  readonly atMs: number;
  readonly change: FlowChange;
}

/** Between two reports of a connection that goes on. */
const STEP_MS = 5 * MINUTE;

const COUNTERS = {
  answered: { bytesOut: 800, bytesIn: 4_000 },
  unanswered: { bytesOut: 180, bytesIn: 0 },
  refused: { bytesOut: 60, bytesIn: 40 },
} as const;

/** Started, in between every five minutes, ended; in order of time. */
export function changesOf(connection: Connection): TimedChange[] {
  const { atMs, durationMs = 200 } = connection;
  const whole = flowOf(connection);
  const steps = Math.max(1, Math.ceil(durationMs / STEP_MS));
  const changes = [changeTo('started', share(whole, 0, atMs), undefined)];
  for (let step = 1; step <= steps; step++) {
    const before = changes[step - 1].change.flow;
    const flow = share(whole, step / steps, atMs + Math.min(step * STEP_MS, durationMs));
    changes.push(changeTo(step === steps ? 'ended' : 'progressed', flow, before));
  }
  return changes;
}

/** All changes of these connections, in order of time. */
export function inOrder(...connections: readonly (readonly Connection[])[]): TimedChange[] {
  const changes = connections.flat().flatMap(changesOf);
  return changes.sort((x, y) => x.atMs - y.atMs);
}

/** So many connections, one after the other. */
export function many(
  count: number,
  each: (i: number) => Omit<Connection, 'atMs'>,
  fromMs: number,
  everyMs: number = SECOND,
): Connection[] {
  return Array.from({ length: count }, (_, i) => ({ atMs: fromMs + i * everyMs, ...each(i) }));
}

const addresses = new Map<string, Flow['host']>();

function addressOf(text: string): Flow['host'] {
  const known = addresses.get(text) ?? parseAddress(text);
  addresses.set(text, known);
  return known;
}

/** As it is when it has ended. */
export function flowOf(connection: Connection): Flow {
  const { atMs, host = HOST, to, protocol = TCP, outcome = 'answered', direction = 'outbound' } = connection;
  const [destination, port = '0'] = to.split(' ');
  const { bytesOut = COUNTERS[outcome].bytesOut, bytesIn = COUNTERS[outcome].bytesIn } = connection;
  const isIcmp = protocol === ICMP;
  return {
    ...emptyFlow(),
    direction,
    protocol,
    host: addressOf(host),
    hostPort: isIcmp ? 0 : 40_000,
    destination: addressOf(destination),
    destinationPort: isIcmp ? 0 : Number(port),
    translated: addressOf(destination),
    translatedPort: isIcmp ? 0 : Number(port),
    icmpType: isIcmp ? Number(port) : -1,
    icmpCode: isIcmp ? 0 : -1,
    startedAtMs: atMs,
    replied: outcome !== 'unanswered',
    bytesOut,
    bytesIn,
    packetsOut: connection.packetsOut ?? Math.ceil(bytesOut / 1_000),
    packetsIn: outcome === 'answered' ? Math.ceil(bytesIn / 1_000) + 1 : Math.sign(bytesIn),
  };
}

function share(whole: Flow, part: number, atMs: number): Flow {
  const of = (count: number) => Math.floor(count * part);
  return {
    ...whole,
    lastSeenAtMs: atMs,
    bytesOut: of(whole.bytesOut),
    bytesIn: of(whole.bytesIn),
    packetsOut: of(whole.packetsOut),
    packetsIn: of(whole.packetsIn),
  };
}

function changeTo(kind: FlowChange['kind'], flow: Flow, before: Flow | undefined): TimedChange {
  const change = {
    kind,
    flow,
    bytesOut: flow.bytesOut - (before?.bytesOut ?? 0),
    bytesIn: flow.bytesIn - (before?.bytesIn ?? 0),
    packetsOut: flow.packetsOut - (before?.packetsOut ?? 0),
    packetsIn: flow.packetsIn - (before?.packetsIn ?? 0),
  };
  return { atMs: flow.lastSeenAtMs, change };
}
