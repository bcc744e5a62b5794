/**
 * The whole conntrack table into the flow table, judged by a policy:
 *
 *   dump        seconds; beside C that asks for the same dump and only reads it
 *   dump-list   the same seconds; beside `conntrack -L`
 *   dump-rss    memory of the process then, in MB, no garbage collected by force; beside the goal
 *   dump-flow   bytes a flow that a process without garbage grew by; beside the goal
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ThreadNamespace } from '../namespaces/thread.ts';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../run/as-installed.ts';
import { ConntrackTool, conntrackRoom } from './conntrack-entries.ts';
import type { DumpReading } from './dump-reader.ts';
import { type Figure, figure, median } from './figure.ts';

const READER = fileURLToPath(new URL('./dump-reader.ts', import.meta.url));
const TRACKING = `table inet bench {
  chain forward { type filter hook forward priority 0; policy accept; ct state established accept; }
}`;
const SPARE = 100_000;
const GOAL_MB = 250;
const GOAL_FLOW_BYTES = 128;

export interface DumpLoad {
  readonly entries: number;
  readonly rules: number;
  readonly rounds: number;
}

export function benchDump({ entries, rules, rounds }: DumpLoad): Figure[] {
  using _ = conntrackRoom(entries + SPARE);
  using tool = new ConntrackTool();
  using namespace = new ThreadNamespace();
  namespace.nft(TRACKING);
  // The first process ever compiles what it loads and keeps it for the others, as with the daemon.
  read(1);
  tool.fill(entries);
  // Garbage that is collected meanwhile would count against what the flows take.
  const { grown } = read(rules, '--expose-gc');
  const readings: DumpReading[] = [];
  const limits: number[] = [];
  const lists: number[] = [];
  // In turns, so that whatever else the machine does falls on all of them.
  for (let round = 0; round < rounds; round++) {
    limits.push(tool.readOnly());
    readings.push(read(rules));
    lists.push(tool.list());
  }
  const wrong = readings.find(({ flows, denied }) => flows !== entries || denied !== 0);
  if (wrong) throw new Error(`${wrong.flows} flows of ${entries}, ${wrong.denied} denied`);
  const seconds = median(readings.map((reading) => reading.seconds));
  const of = (what: string) => `${what} (${entries} entries)`;
  return [
    figure(of('dump'), seconds, 's', 'C that only reads', median(limits)),
    figure(of('dump-list'), seconds, 's', 'conntrack -L', median(lists)),
    figure(of('dump-rss'), median(readings.map(({ rss }) => rss / 1e6)), 'MB', 'the goal', GOAL_MB),
    figure(of('dump-flow'), grown / entries, 'B/flow', 'the goal', GOAL_FLOW_BYTES),
  ];
}

function read(rules: number, ...flags: readonly string[]): DumpReading {
  const args = [...NODE_FLAGS, ...flags, READER, String(rules)];
  const env = { ...process.env, ...NODE_ENVIRONMENT };
  return JSON.parse(
    execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
}
