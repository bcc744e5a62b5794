/** What hosts do all day, honest and not: connections by a seed, so that they are the same each time. */
import { SeededRandom } from '../../../src/detection/model/seeded-random.ts';
import { type Connection, DAY, HOST, HOUR, MINUTE, many, SECOND, START, UDP } from './connection.ts';

interface Browsing {
  readonly host?: string;
  readonly fromMs?: number;
  readonly untilMs: number;
  /** Hours of the day in which pages are opened. */
  readonly from?: number;
  readonly until?: number;
  readonly seed?: number;
  /** Share of connections that nobody answers. */
  readonly failing?: number;
  /** Between two pages, in the mean. */
  readonly pauseMs?: number;
  /** Servers that pages come from; which they are follows from the seed. */
  readonly sites?: number;
}

/** Pages at times of a person, each of some servers; sizes and pauses spread over orders of magnitude. */
export function browsing(habit: Browsing): Connection[] {
  const {
    fromMs = START,
    untilMs,
    from = 0,
    until = 24,
    seed = 1,
    failing = 0.05,
    pauseMs = 5 * MINUTE,
  } = habit;
  const { sites = 120 } = habit;
  const host = habit.host === undefined ? {} : { host: habit.host };
  const random = new SeededRandom(seed);
  const spread = (middle: number) => Math.round(middle * Math.exp(2 * (random.next() + random.next() - 1)));
  const connections: Connection[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += spread(pauseMs)) {
    const hour = (atMs % DAY) / HOUR;
    const servers = 1 + random.below(8);
    for (let i = 0; i < servers; i++) {
      const site = random.below(sites);
      const failed = random.next() < failing;
      const sizes = { bytesOut: spread(2_000), bytesIn: spread(60_000) };
      const startMs = atMs + random.below(4_000);
      if (hour < from || hour >= until) continue;
      const to = `151.${(seed * 7) % 256}.${site >> 4}.${1 + (site & 15)} 443`;
      connections.push({ ...host, atMs: startMs, to, ...(failed ? { outcome: 'unanswered' } : sizes) });
    }
  }
  return connections;
}

interface Timer {
  readonly host?: string;
  readonly to: string;
  readonly protocol?: number;
  readonly fromMs?: number;
  readonly periodMs: number;
  readonly beats: number;
  /** Each pause is drawn from within this share of the period. */
  readonly jitter?: number;
  readonly seed?: number;
}

/** Connections by a timer; `each` says what one of them carries. */
export function byTimer(
  { fromMs = START, periodMs, beats, jitter = 0, seed = 5, ...ends }: Timer,
  each: (beat: number, random: SeededRandom) => Partial<Connection> = () => ({}),
): Connection[] {
  const random = new SeededRandom(seed);
  let atMs = fromMs;
  return Array.from({ length: beats }, (_, beat) => {
    const connection = { ...ends, atMs, ...each(beat, random) };
    atMs += Math.round(periodMs * (1 + jitter * (2 * random.next() - 1)));
    return connection;
  });
}

/** Names, time, discovery: what every host asks for by design. */
export function services(untilMs: number, fromMs = START): Connection[] {
  const service = (to: string, periodMs: number) => {
    const beats = Math.floor((untilMs - fromMs) / periodMs);
    return byTimer({ to, protocol: UDP, periodMs, beats, fromMs }, () => ({ bytesOut: 76, bytesIn: 120 }));
  };
  return [
    service('10.1.0.1 53', 20 * SECOND),
    service('162.159.200.1 123', 64 * SECOND),
    service('239.255.255.250 1900', 2 * MINUTE),
  ].flat();
}

export const CONTROLLER = '203.0.113.9 8443';
const DEAD = '203.0.113.8 8443';
/** What is found on a host that is {@link infected}. */
export const INFECTION = ['beacon 203.0.113.9', 'failedConnections 203.0.113.8', 'scan many'];

/** Three hours of a host that works, with a beacon, a dead controller and a scan on it. */
export function infected(fromMs: number, host = HOST): Connection[] {
  const unanswered = () => ({ outcome: 'unanswered' }) as const;
  const beacon = { host, to: CONTROLLER, periodMs: MINUTE, beats: 150, jitter: 0.2 };
  const dead = { host, to: DEAD, periodMs: 40 * SECOND, beats: 200 };
  return [
    browsing({ fromMs, untilMs: fromMs + 3 * HOUR, host }),
    byTimer({ ...beacon, fromMs: fromMs + 5 * MINUTE }),
    byTimer({ ...dead, fromMs: fromMs + 7 * MINUTE }, unanswered),
    many(40, (i) => ({ host, to: `203.0.113.${100 + i} 22`, ...unanswered() }), fromMs + HOUR),
  ].flat();
}
