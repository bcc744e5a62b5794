import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Allowlist } from '../../../src/enforcement/allowlist/allowlist.ts';
import { EnforcementError } from '../../../src/enforcement/errors.ts';
import { AllowlistKeeper } from '../../../src/engine/allowlist-keeper.ts';
import type { InForce } from '../../../src/engine/policy-keeper.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { loadGood, NOW } from '../policy/sources.ts';

const NOTHING = { add: [], refresh: [], remove: [] };
const NO_MEMORY = new EnforcementError('add elements', new Error('ENOBUFS'));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function inForce(): InForce {
  const policy = loadGood('  hostGroups: {lan: {cidrs: [10.0.0.0/8]}}\n');
  return { policy, compiled: compilePolicy(policy) };
}

function keeperOf() {
  const allowlist = {
    generation: undefined as number | undefined,
    size: 0,
    put: vi.fn(() => NOTHING),
    rejudge: vi.fn(),
  };
  const generations = { prepare: vi.fn() };
  const journal = { log: vi.fn() };
  const keeper = new AllowlistKeeper({
    allowlist: allowlist as unknown as Allowlist,
    generations,
    keeper: { verify: () => {}, checkSets: () => {} },
    limits: { put: () => {} },
    journal,
  } as unknown as ConstructorParameters<typeof AllowlistKeeper>[0]);
  return { allowlist, generations, journal, keeper };
}

function fail(): never {
  throw NO_MEMORY;
}

it('puts a policy that the kernel refused again, though something else went well meanwhile', () => {
  const { allowlist, keeper } = keeperOf();
  allowlist.put.mockImplementationOnce(fail);
  keeper.changePolicy(inForce(), NOW);
  keeper.onMended(NOW);
  expect(keeper.status.error).toMatch(/cannot put the allowlist/);
  vi.advanceTimersByTime(1_001);
  keeper.advance(NOW);
  expect(allowlist.put).toHaveBeenCalledTimes(2);
  expect(keeper.status.error).toBeUndefined();
});

it('judges connections anew once it can, when it could not after a repair', () => {
  const { allowlist, keeper } = keeperOf();
  keeper.changePolicy(inForce(), NOW);
  allowlist.rejudge.mockImplementationOnce(fail);
  keeper.onMended(NOW);
  vi.advanceTimersByTime(1_001);
  keeper.advance(NOW);
  expect(allowlist.rejudge).toHaveBeenCalledTimes(2);
  expect(keeper.status.error).toBeUndefined();
});

it('clears a generation again that could not be cleared', () => {
  const { allowlist, generations, keeper } = keeperOf();
  keeper.changePolicy(inForce(), NOW);
  allowlist.generation = 3;
  generations.prepare.mockImplementationOnce(fail);
  keeper.advance(NOW);
  keeper.advance(NOW);
  expect(generations.prepare).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_001);
  keeper.advance(NOW);
  expect(generations.prepare).toHaveBeenCalledTimes(2);
});

it('says what goes on failing once', () => {
  const { allowlist, journal, keeper } = keeperOf();
  allowlist.put.mockImplementation(fail);
  keeper.changePolicy(inForce(), NOW);
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(1_001);
    keeper.advance(NOW);
  }
  expect(allowlist.put).toHaveBeenCalledTimes(4);
  expect(journal.log).toHaveBeenCalledTimes(1);
});
