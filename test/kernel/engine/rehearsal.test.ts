import { expect, it } from 'vitest';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { openKernel } from '../../../src/engine/kernel.ts';
import { Rehearsal } from '../../../src/engine/rehearsal/rehearsal.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';
import { POLICY } from '../../unit/engine/bench.ts';

it('a rehearsal of blocks leaves the kernel as it was', async () => {
  using _ = new ThreadNamespace();
  using kernel = openKernel();
  const table = new KernelTable(kernel.nftables, kernel.elements);
  table.install();
  const before = { generation: kernel.elements.generation().id, listing: table.listing() };

  const inForce = { policy: POLICY, compiled: compilePolicy(POLICY) };
  using rehearsal = new Rehearsal({
    refusedElements: () => kernel.refusedElements(),
    conntrack: kernel.conntrack,
    inForce: () => inForce,
    journal: { log: () => {} },
    plays: 200,
  });
  const step = () => {
    rehearsal.step(0);
    return rehearsal.isOver;
  };
  await until('it is over', step, { everyMs: 1, timeoutMs: 30_000 });

  expect(rehearsal.latency.summary.count).toBe(200);
  // From then on its way is kept warm. The first step makes a stage.
  for (let events = 16; events < 1_000; events += 16) {
    await until('the next play', () => rehearsal.step(events), { everyMs: 1 });
  }
  expect(rehearsal.latency.summary.count).toBe(200 + 61);
  rehearsal.latency.announce(() => expect.fail('a rehearsed block waits to be told'));

  expect({ generation: kernel.elements.generation().id, listing: table.listing() }).toEqual(before);
  expect(table.readAll().size).toBe(0);
});
