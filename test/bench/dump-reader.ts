/**
 * Reads the conntrack table of its namespace as the engine does: decoded, judged by a policy, in the flow table.
 * A process of its own, so that its memory is nobody else's: `node dump-reader.ts RULES` prints seconds and bytes.
 */

import { Poller, ReadAhead } from 'node-netlink';
import type { ConntrackEntry } from '../../src/conntrack/entry.ts';
import { conntrackLimit } from '../../src/conntrack/limit.ts';
import { ConntrackWalk, type WalkState } from '../../src/conntrack/walk.ts';
import { FlowTable, type Report } from '../../src/flow/flow-table.ts';
import { compilePolicy } from '../../src/policy/compiled-policy.ts';
import { loadApart } from '../../src/policy/load-thread.ts';
import { ENTRY, policyFiles } from './policy-files.ts';

export interface DumpReading {
  readonly seconds: number;
  readonly flows: number;
  readonly denied: number;
  /** Resident memory then, and what it grew by from before the dump. */
  readonly rss: number;
  readonly grown: number;
}

const MAX_FLOWS = 4_000_000;
const DATAGRAMS_A_STEP = 64;

/** Read in a thread, as the daemon has it: what that leaves behind ends with the thread. */
async function compiled(rules: number) {
  const files = policyFiles({ mode: 'respond', rules, hosts: '10.1.0.0/16', server: '198.18.0.0/15' });
  const sources = { entry: ENTRY, files: Object.entries(files).map(([name, text]) => ({ name, text })) };
  const loading = loadApart(sources);
  const loaded = await loading.result;
  await loading.advice;
  if (!loaded.ok) throw new Error(loaded.problems[0].message);
  return compilePolicy(loaded.policy);
}

const policy = await compiled(Number(process.argv[2]));
const table = new FlowTable({
  isOurs: (address) => policy.isOurs(address),
  maxFlows: MAX_FLOWS,
  expectedFlows: conntrackLimit(),
});
let denied = 0;
const nowMs = Date.now();
const judge: Report = ({ kind, flow }) => {
  if (kind === 'started' && policy.evaluate(flow, nowMs).kind === 'deny') denied++;
};
/** Where it is exposed: for what the flows alone take. */
globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
const poller = new Poller([]);
/** The daemon has threads before it has flows: what the first one costs a process is not the flows'. */
const first = new ReadAhead();
while (!first.ready) poller.wait(1);
first.close();
const before = process.memoryUsage.rss();
using walk = ConntrackWalk.open();
const began = performance.now();
walk.start({ urgent: true });
const observe = (entry: ConntrackEntry) => table.observe(entry, nowMs, judge);
for (let state: WalkState = 'more'; state !== 'done'; state = walk.step(observe, DATAGRAMS_A_STEP)) {
  // As the engine does, which waits for events meanwhile.
  if (state === 'waiting') poller.wait(1);
}
const seconds = (performance.now() - began) / 1_000;
const rss = process.memoryUsage.rss();
const reading: DumpReading = { seconds, flows: table.size, denied, rss, grown: rss - before };
process.stdout.write(`${JSON.stringify(reading)}\n`);
