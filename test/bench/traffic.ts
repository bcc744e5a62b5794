/**
 * Made-up traffic of many hosts, the same for the same seed: pages (some connections at once to a few of the host's
 * usual places, now and then a new one), names asked for, time, and what fails.
 */
import { ipv4 } from '../../src/address/address.ts';
import { emptyRecordedFlow, type MutableRecordedFlow } from '../../src/flow/recorded/recorded-flow.ts';

const TCP = 6;
const UDP = 17;
const START_MS = Date.UTC(2026, 0, 5);
const PLACES = 60;
const RESOLVER = 0x0a000035;

export interface TrafficOptions {
  readonly hosts: number;
  readonly flows: number;
  readonly days: number;
  readonly seed?: number;
}

/** Hands out one refilled flow after the other, by start. */
export function eachFlow(
  { hosts, flows, days, seed = 1 }: TrafficOptions,
  take: (flow: MutableRecordedFlow) => void,
): void {
  const random = mulberry(seed);
  const flow = emptyRecordedFlow();
  const stepMs = (days * 86_400_000) / flows;
  for (let i = 0; i < flows; i++) {
    const host = Math.floor(random() * hosts);
    flow.startedAtMs = Math.round(START_MS + i * stepMs + random() * stepMs);
    flow.source.d = 0x0a010000 + host;
    flow.sourcePort = 32_768 + Math.floor(random() * 28_000);
    const kind = random();
    if (kind < 0.35) name(flow, random);
    else page(flow, random, host, kind);
    take(flow);
  }
}

function name(flow: MutableRecordedFlow, random: () => number): void {
  Object.assign(flow, {
    protocol: UDP,
    destinationPort: 53,
    durationMs: Math.round(5 + random() * 40),
    outcome: 'answered',
  });
  Object.assign(flow.destination, ipv4(RESOLVER));
  counted(flow, 60 + Math.floor(random() * 30), 90 + Math.floor(random() * 200), 1, 1);
}

function page(flow: MutableRecordedFlow, random: () => number, host: number, kind: number): void {
  const usual = Math.floor(random() ** 2 * PLACES);
  const place = kind > 0.97 ? Math.floor(random() * 2 ** 30) : ((host * 31 + usual) * 2_654_435_761) >>> 0;
  const failed = random() < 0.03;
  Object.assign(flow, {
    protocol: TCP,
    destinationPort: random() < 0.9 ? 443 : 80,
    durationMs: Math.round(random() * 20_000),
  });
  Object.assign(flow.destination, ipv4(0x20000000 + (place % 0x40000000)));
  flow.outcome = failed ? 'unanswered' : 'answered';
  if (failed) counted(flow, 180, 0, 3, 0);
  else
    counted(
      flow,
      700 + Math.floor(random() ** 4 * 50_000),
      2_000 + Math.floor(random() ** 4 * 900_000),
      12,
      18,
    );
}

function counted(
  flow: MutableRecordedFlow,
  out: number,
  back: number,
  packetsOut: number,
  packetsIn: number,
): void {
  Object.assign(flow, { bytesOut: out, bytesIn: back, packetsOut, packetsIn });
}

/** Mulberry32, public domain. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
