/**
 * What names cost and whether a first connection ever loses: `node test/bench/names.ts [CONNECTIONS]` (default 10,000).
 *
 *   delay         an answer that is learnt from, against one that is not looked at, question by question in turn
 *   first         CONNECTIONS names that were never asked before, each connected to as soon as the answer is there
 */

import { OutsideWeb } from '../e2e/outside-web.ts';
import { Site } from '../e2e/site.ts';
import { until } from '../network/waiting.ts';

const connections = Number(process.argv[2] ?? 10_000);
const DELAYS = Math.min(1_000, connections);
const [WATCHED, UNWATCHED] = ['198.51.100.53', '198.51.100.56'];
const CLIENT = new URL('./names-client.ts', import.meta.url).pathname;
const SERVER = new URL('./names-server.ts', import.meta.url).pathname;

const POLICY = `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: named}
spec:
  mode: enforce
  enforcement: {denyWith: reject}
  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  addressSets: {cdn: {fqdns: ["*.cdn.example"]}}
  services: {web: [{protocol: tcp, ports: [80]}], dns: [{protocol: udp, ports: [53]}]}
  names: {resolvers: [${WATCHED}]}
  rules:
    - {id: dns, from: [lan], to: {cidrs: [${WATCHED}, ${UNWATCHED}]}, services: [dns]}
    - {id: cdn, from: [lan], to: {sets: [cdn]}, services: [web]}
`;

function told(name: string, sorted: readonly number[]): number {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const [median, p99, most] = [at(0.5), at(0.99), sorted[sorted.length - 1]];
  console.log(
    `${name.padEnd(46)} median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, most ${most.toFixed(1)} ms`,
  );
  return median;
}

const ascending = (numbers: number[]) => numbers.toSorted((x, y) => x - y);

await using site = await Site.open('names-bench', { policy: POLICY });
const { network } = site;
network.ip('stranger', `address add ${WATCHED}/24 dev eth0`, `address add ${UNWATCHED}/24 dev eth0`);
network.ip('stranger', 'route add local 198.18.0.0/16 dev lo');
network.ip('gateway', 'route add 198.18.0.0/16 via 198.51.100.60');
using _web = await OutsideWeb.open(network, 'stranger', 80);
network.start('stranger', process.execPath, [SERVER, WATCHED, UNWATCHED]);
await until('the resolver', () => {
  const probe = network.run('laptop', 'dig', [
    '+short',
    '+tries=1',
    '+time=1',
    `@${UNWATCHED}`,
    'n1.cdn.example',
  ]);
  return probe.stdout.startsWith('198.18');
});

const run = async (count: number, ...more: string[]) => {
  const ran = await network.runAsync(
    'laptop',
    process.execPath,
    [CLIENT, WATCHED, UNWATCHED, String(count), ...more],
    1_800_000,
  );
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as { watched: number[]; unwatched: number[]; refused: number };
};

const delay = await run(DELAYS);
const seen = told(`${DELAYS} answers, each a new name, learnt from`, ascending(delay.watched));
const unseen = told(`${DELAYS} answers, not looked at`, ascending(delay.unwatched));
console.log(`delay: ${(seen - unseen).toFixed(2)} ms median`);

const first = await run(connections, 'connect');
console.log(`${connections} first connections after an answer: ${first.refused} not let through`);
told(`answers among them, with up to ${connections} elements`, ascending(first.watched));
console.log(`elements in @named4 at the end: ${site.daemon.nftSet('named4').length}`);
console.log(site.daemon.cli('names', '--limit', '3').stdout);
if (first.refused > 0) process.exitCode = 1;
