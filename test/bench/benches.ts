/** All benchmarks by name, at the size that counts and at one that only shows that they work. */
import { benchAlerts } from './alerts.ts';
import { benchBlockLatency } from './block-latency.ts';
import { benchDetection } from './detection.ts';
import { benchDump } from './dump.ts';
import { benchElements } from './elements.ts';
import { benchEvents } from './events.ts';
import type { Figure } from './figure.ts';
import { benchGateway } from './gateway.ts';
import { benchHistory } from './history.ts';
import { benchIdle } from './idle.ts';
import { benchLeak } from './leak.ts';
import { benchMatch } from './match.ts';
import { benchPeers } from './peers.ts';
import { benchPolicyLoad } from './policy-load.ts';

export type Size = 'full' | 'smoke';
export type Bench = (size: Size) => Promise<Figure[]> | Figure[];

/** What goes on beside a block: new flows, and questions to the API, a second. */
const FLOWS = 20_000;
const REQUESTS = 100;

const sized =
  <L>(bench: (load: L) => Promise<Figure[]> | Figure[], full: L, smoke: L): Bench =>
  (size) =>
    bench(size === 'full' ? full : smoke);

export const BENCHES = {
  dump: sized(
    benchDump,
    { entries: 1_000_000, rules: 10_000, rounds: 3 },
    { entries: 1_000, rules: 100, rounds: 1 },
  ),
  events: sized(benchEvents, { seconds: 5 }, { seconds: 0.2 }),
  latency: async (size) => {
    if (size === 'smoke')
      return benchBlockLatency({ flows: 1_000, requests: 20, leadSeconds: 0.5, seconds: 1 });
    const times = { leadSeconds: 14, seconds: 15 };
    return [
      ...(await benchBlockLatency({ ...times, flows: 0, requests: 0 })),
      ...(await benchBlockLatency({ ...times, flows: FLOWS, requests: 0 })),
      ...(await benchBlockLatency({ ...times, flows: FLOWS, requests: REQUESTS })),
    ];
  },
  alerts: sized(benchAlerts, { rounds: 8, seconds: 10 }, { rounds: 1, seconds: 1 }),
  peers: async (size) => {
    if (size === 'smoke')
      return benchPeers({ flows: 1_000, requests: 20, leadSeconds: 0, rounds: 1, slowRounds: 1 });
    const times = { leadSeconds: 14, rounds: 40, slowRounds: 6 };
    return [
      ...(await benchPeers({ ...times, flows: 0, requests: 0 })),
      ...(await benchPeers({ ...times, flows: FLOWS, requests: REQUESTS })),
    ];
  },
  leak: sized(
    benchLeak,
    { leadSeconds: 14, packetsASecond: 10_000, flows: 30 },
    { leadSeconds: 0, packetsASecond: 1_000, flows: 2 },
  ),
  elements: sized(benchElements, { blocks: 100_000, rounds: 3 }, { blocks: 1_000, rounds: 1 }),
  match: sized(
    benchMatch,
    { rules: 10_000, prefixes: 100_000, verdicts: 20_000_000, rounds: 3 },
    { rules: 100, prefixes: 1_000, verdicts: 100_000, rounds: 1 },
  ),
  'policy-load': sized(
    benchPolicyLoad,
    { rules: 10_000, prefixes: 1_000_000 },
    { rules: 100, prefixes: 1_000 },
  ),
  detection: sized(benchDetection, { flows: 1_000_000, rounds: 3 }, { flows: 20_000, rounds: 1 }),
  gateway: sized(
    benchGateway,
    { rules: 10_000, blocks: 100_000, rounds: 5, pairs: 21, seconds: 1 },
    { rules: 100, blocks: 100, rounds: 1, pairs: 1, seconds: 1 },
  ),
  history: sized(
    benchHistory,
    { flows: 1_000_000, hosts: 1_000, days: 30 },
    { flows: 20_000, hosts: 20, days: 2 },
  ),
  idle: sized(
    benchIdle,
    { flows: 100_000, firstSeconds: 30, settledSeconds: 60 },
    { flows: 1_000, firstSeconds: 1, settledSeconds: 1 },
  ),
} satisfies Record<string, Bench>;
