/** A clock that was set, and somebody who decides before anything was due by it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, SPEC, VIOLATION } from './bench.ts';

const TARGET = { kind: 'destination', prefix: '192.0.2.7/32' } as const;
const OTHER = { kind: 'destination', prefix: '192.0.2.8/32' } as const;
const PROTECTING = loadGood(`${SPEC}  neverBlock: {destinations: [192.0.2.1/32]}\n`);

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.dispose]());

const actor = 'laptop';
const standing = () => bench.decisions('active').map(({ id }) => id);
const leftMs = (id: string) => (bench.engine.desk.get(id)?.expiresAtMs ?? 0) - Date.now();

it.each([3, -3])('a rollback right after %i hours lifts what did not stand then', (hours) => {
  const before = bench.engine.journal.lastRevision;
  bench.block(TARGET);
  bench.jump(hours * HOUR);
  expect(bench.order('rollback', { to: before, actor, reason: '' }).lifted).toEqual(['D1']);
  bench.pass(1_000);
  expect(standing()).toEqual([]);
  expect(bench.elements().size).toBe(0);
});

it.each([3, -3])(
  'a rollback over %i hours leaves what stood then, with the time that it has left',
  (hours) => {
    bench.block(TARGET);
    const then = bench.engine.journal.lastRevision;
    bench.block(OTHER);
    bench.jump(hours * HOUR);
    bench.pass(1_000);
    const { lifted, reinstated, expired } = bench.order('rollback', { to: then, actor, reason: '' });
    expect({ lifted, reinstated, expired }).toEqual({ lifted: ['D2'], reinstated: [], expired: [] });
    expect(leftMs('D1')).toBe(HOUR - 1_000);
  },
);

it('a policy right after it lifts what it protects', () => {
  bench.see(VIOLATION);
  bench.jump(3 * HOUR);
  bench.order('applyPolicy', { policy: PROTECTING, actor, reason: '' });
  bench.pass(1_000);
  expect(standing()).toEqual([]);
});

it('a policy that comes before a jump could be recorded lifts what it protects once it is', () => {
  bench.see(VIOLATION);
  const free = bench.fillDisk();
  bench.jump(3 * HOUR);
  bench.order('status', {});
  free();
  bench.order('applyPolicy', { policy: PROTECTING, actor, reason: '' });
  bench.pass(6_000);
  expect(standing()).toEqual([]);
});

it('what is decided right after it is not given the jump as well', () => {
  bench.jump(3 * HOUR);
  bench.block(TARGET);
  bench.pass(1_000);
  expect(leftMs('D1')).toBe(HOUR - 1_000);
});
