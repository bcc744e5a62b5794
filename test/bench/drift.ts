/**
 * From the kernel's announcement that somebody else has harmed our table to the acknowledged transaction that mends
 * it, with the keeper and the enforcer of the daemon on the real kernel, by number of blocks. Beside it the time that
 * the `nft` command takes to load the same table from a file.
 *
 * `node test/bench/drift.ts [--smoke]` prints it alone.
 */
import { execFileSync } from 'node:child_process';
import { Poller } from 'node-netlink';
import { Nftables, RulesetMonitor, SetElements } from 'node-nftables';
import { Enforcer } from '../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../src/enforcement/kernel-table.ts';
import type { Journal } from '../../src/engine/journal.ts';
import { KernelKeeper } from '../../src/engine/kernel-keeper.ts';
import { SideTables } from '../../src/engine/side-tables.ts';
import { ThreadNamespace } from '../namespaces/thread.ts';
import { blockOf, loadByNft } from './blocks.ts';
import { type Figure, figure, median } from './figure.ts';

const HARM: readonly (readonly [string, string])[] = [
  ['nft flush ruleset', 'flush ruleset'],
  ['our table deleted', 'delete table inet penstock'],
  ['one set flushed', 'flush set inet penstock destination4'],
  ['one element deleted', 'delete element inet penstock destination4 { 11.0.0.1 }'],
  ['one rule put in front', 'insert rule inet penstock forward accept'],
];

export function benchDrift({ blocks, rounds }: { blocks: number; rounds: number }): Figure[] {
  using _ = new ThreadNamespace();
  using nft = Nftables.open();
  using elements = SetElements.open();
  using monitor = RulesetMonitor.open();
  const enforcer = new Enforcer(new KernelTable(nft, elements));
  for (let i = 0; i < blocks; i += 1) enforcer.expect(blockOf(i));
  const sideTables = new SideTables({ tables: [], ours: new Set(), journal: SILENT });
  const keeperOf = () =>
    new KernelKeeper({
      ...{ enforcer, monitor, sideTables },
      journal: SILENT,
      ourThread: elements.generation().processId,
    });
  keeperOf().restore(Date.now());
  const poller = new Poller([monitor.fd]);
  const settle = () => {
    while (monitor.drain(() => {}).more);
  };
  const loadMs = loadByNft(enforcer);
  settle();
  return HARM.map(([name, command]) => {
    const computed: number[] = [];
    const times = Array.from({ length: rounds }, () => {
      // A keeper of its own each time: no round is taken for a fight.
      const keeper = keeperOf();
      settle();
      execFileSync('nft', [command]);
      poller.wait(5_000);
      const start = performance.now();
      const cpu = process.cpuUsage();
      while (keeper.status.driftRepairs === 0) keeper.onAnnouncements(Date.now());
      const { user, system } = process.cpuUsage(cpu);
      computed.push((user + system) / 1_000);
      return performance.now() - start;
    });
    process.stderr.write(`${name}, ${blocks} blocks: ${median(computed).toFixed(1)} ms of a processor\n`);
    const what = `drift-repair-median: ${name}, ${blocks} blocks`;
    return figure(what, median(times), 'ms', 'nft -f of the whole table', loadMs);
  });
}

const SILENT = { write: () => [], log: () => {} } as unknown as Journal;

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const isSmoke = process.argv.includes('--smoke');
  for (const blocks of isSmoke ? [100] : [100, 10_000]) {
    for (const { name, value, baseline, baselineValue } of benchDrift({ blocks, rounds: isSmoke ? 3 : 15 }))
      process.stdout.write(`${name}: ${value.toFixed(2)} ms (${baseline}: ${baselineValue.toFixed(0)} ms)\n`);
  }
}
