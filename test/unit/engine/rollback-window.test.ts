/** While a rollback goes from one state to another, what both stop is stopped at every moment. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { descriptorOf } from '../../../src/enforcement/sets.ts';
import { loadText, policyText } from '../policy/sources.ts';
import { ALLOWED, Bench, LISTED, SPEC } from './bench.ts';

const LISTED_ELEMENT = 'destination4 c6336442';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start(enforcing(SPEC));
});
afterEach(() => {
  bench[Symbol.dispose]();
});

function enforcing(spec: string) {
  const result = loadText({ 'p.yaml': policyText(spec).replace('mode: respond', 'mode: enforce') });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** What holds after each change of the kernel's elements. */
function watch<T>(look: () => T): T[] {
  const seen: T[] = [];
  const apply = bench.kernel.elements.apply.bind(bench.kernel.elements);
  vi.spyOn(bench.kernel.elements, 'apply').mockImplementation((...args) => {
    const isConfirmed = apply(...args);
    seen.push(look());
    return isConfirmed;
  });
  return seen;
}

it('a block that takes the place of another is there before that one goes', () => {
  bench.see(LISTED);
  bench.answer('approve', 'D1');
  const seen = watch(() => bench.elements().has(LISTED_ELEMENT));
  const { lifted, reinstated } = bench.order('rollback', { to: 2, actor: 'laptop', reason: '' });
  expect([lifted, reinstated]).toEqual([['D1'], ['D2']]);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).not.toContain(false);
});

it('undoing an approval leaves the provisional block there', () => {
  bench.see(LISTED);
  bench.answer('approve', 'D1');
  const seen = watch(() => bench.elements().has(LISTED_ELEMENT));
  bench.order('undo', { id: 'D1', actor: 'laptop', reason: '' });
  expect(seen).not.toContain(false);
});

it('what a block stops and the policy of then refuses does not pass in between', () => {
  const [destination] = (ALLOWED.to ?? '').split(' ');
  bench.order('applyPolicy', {
    policy: enforcing(SPEC.replace('203.0.113.0/24', '192.0.2.0/24')),
    actor: 'a',
    reason: '',
  });
  bench.order('applyPolicy', { policy: enforcing(SPEC), actor: 'a', reason: '' });
  bench.block({ kind: 'destination', prefix: `${destination}/32` });
  const allowed = () =>
    [
      ...bench.nft.setElements().list({
        family: 'inet',
        table: 'penstock',
        name: 'allow4',
        type: descriptorOf('allow4').type,
        flags: ['interval'],
      }),
    ].some(({ key }) => key.subarray(0, 3).join('.') === '203.0.113');
  const seen = watch(() => allowed() && bench.elements().size === 0);
  bench.order('rollback', { to: 2, actor: 'laptop', reason: '' });
  expect(allowed()).toBe(false);
  expect(bench.elements().size).toBe(0);
  expect(seen).not.toContain(true);
});
