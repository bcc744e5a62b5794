/**
 * match: verdicts a second on one core, 10,000 rules and 100,000 prefixes of a deny list; beside looking the
 * destination up in a Map, which is the least that an exact match could cost.
 */
import { ipv4 } from '../../src/address/address.ts';
import { emptyFlow } from '../../src/flow/flow-reader.ts';
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compiled-policy.ts';
import { loadPolicySources } from '../../src/policy/loader.ts';
import { type Figure, figure, median } from './figure.ts';
import { ENTRY, policyFiles } from './policy-files.ts';

export interface MatchLoad {
  readonly rules: number;
  readonly prefixes: number;
  readonly verdicts: number;
  readonly rounds: number;
}

/** Different flows that are judged again and again: more than a cache of verdicts would hold usefully. */
const FLOWS = 65_536;
const TCP = 6;

export function benchMatch({ rules, prefixes, verdicts, rounds }: MatchLoad): Figure[] {
  const policy = compiled(rules, prefixes);
  const flows = madeUp(rules, prefixes);
  const known = new Map(flows.map(({ destination }, i) => [destination.d | 0, i]));
  const judged = new Set(flows.map((flow) => policy.evaluate(flow, 0).kind));
  if (judged.size !== 2) throw new Error('all flows are judged the same');
  const rates: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rates.push(rate(verdicts, (i) => policy.evaluate(flows[i], 0).kind === 'deny'));
    limits.push(rate(verdicts, (i) => known.get(flows[i].destination.d | 0) === undefined));
  }
  const name = `match (${rules} rules, ${prefixes} prefixes)`;
  return [figure(name, median(rates), 'verdicts/s', 'one look-up in a Map', median(limits))];
}

function compiled(rules: number, prefixes: number): CompiledPolicy {
  const denied = Array.from({ length: prefixes }, (_, i) => network(i));
  const more = '  denyLists: [{id: feed, file: feed.txt, format: text}]\n';
  const files = policyFiles({
    mode: 'respond',
    rules,
    hosts: '10.1.0.0/16',
    server: '198.51.100.9/32',
    more,
  });
  const sources = Object.entries({ ...files, 'feed.txt': `${denied.join('\n')}\n` });
  const loaded = loadPolicySources({
    entry: ENTRY,
    files: sources.map(([name, text]) => ({ name, text })),
  });
  if (!loaded.ok) throw new Error(loaded.problems[0].message);
  return compilePolicy(loaded.policy);
}

/** 20.0.0.0/28 and on, every other one. */
function network(i: number): string {
  const first = 0x1400_0000 + i * 32;
  return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}/28`;
}

/** A third each: allowed by one of the rules, on the deny list, neither. */
function madeUp(rules: number, prefixes: number) {
  return Array.from({ length: FLOWS }, (_, i) => {
    const flow = emptyFlow();
    const rule = 1 + ((i * 7919) % Math.max(1, rules - 1));
    const destinations = [
      0x0b00_0000 + (rule << 8) + (i & 15),
      0x1400_0000 + ((i * 7919) % prefixes) * 32 + (i & 15),
      0x6400_0000 + i * 4099,
    ];
    const at = ipv4(destinations[i % 3] >>> 0);
    Object.assign(flow.host, ipv4(0x0a01_0000 + (i & 0xffff)));
    Object.assign(flow.destination, at);
    Object.assign(flow.translated, at);
    return Object.assign(flow, {
      direction: 'outbound',
      protocol: TCP,
      destinationPort: 443,
      translatedPort: 443,
    });
  });
}

/** A second of processor time. */
function rate(count: number, judge: (flow: number) => boolean): number {
  let positive = 0;
  const began = process.cpuUsage();
  for (let i = 0; i < count; i++) if (judge(i & (FLOWS - 1))) positive++;
  const { user, system } = process.cpuUsage(began);
  if (positive === count) throw new Error('nothing was told apart');
  return count / ((user + system) / 1e6);
}
