import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { policyPart } from '../../../src/enforcement/allowlist/policy-part.ts';
import { EnforcementError } from '../../../src/enforcement/errors.ts';
import { type LimitPlan, MOST_LIMITED_RULES } from '../../../src/enforcement/limits/limit-plan.ts';
import type { DriftJournal } from '../../../src/engine/drift-record.ts';
import { LimitKeeper } from '../../../src/engine/limit-keeper.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood, NOW } from '../policy/sources.ts';

const HEAD = `  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  services: {web: [{protocol: tcp, ports: [443]}]}
  rules:
`;
const rule = (id: string, last: number, limits: string) =>
  `    - {id: ${id}, from: [lan], to: {cidrs: [192.0.${last >> 8}.${last & 255}/32]}, services: [web]${limits}}\n`;
const LIMITED = policyOf(`${HEAD}${rule('a', 1, '')}${rule('b', 2, ', limits: {concurrentConnections: 3}')}`);

let keeper: LimitKeeper;
let plans: (LimitPlan | undefined)[];
let answers: (string[] | EnforcementError)[];
const journal = { log: vi.fn<DriftJournal['log']>(), write: vi.fn<DriftJournal['write']>() };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  [plans, answers] = [[], []];
  vi.clearAllMocks();
  const table = {
    sync(plan: LimitPlan | undefined): string[] {
      plans.push(plan);
      const answer = answers.shift() ?? [];
      if (answer instanceof EnforcementError) throw answer;
      return answer;
    },
  };
  keeper = new LimitKeeper(table, journal);
});
afterEach(() => void vi.useRealTimers());

function policyOf(spec: string): Policy {
  return { ...loadGood(spec), mode: 'enforce' };
}

function put(policy: Policy): void {
  keeper.put(policy, policyPart(policy, compilePolicy(policy), NOW));
}

it('plans chains for rules with limits alone, and leads their boxes there', () => {
  put(LIMITED);
  const [plan] = plans;
  expect(plan?.meters).toEqual([{ rule: 'b', limits: { concurrentConnections: 3 } }]);
  expect(plan?.elements.get('limited4')).toMatchObject([{ value: { jump: { target: 'limit0v4' } } }]);
  expect(plan?.elements.get('metered4')).toEqual([]);
});

it.each<[string, Policy]>([
  ['that has no limits', policyOf(`${HEAD}${rule('a', 1, '')}`)],
  ['that does not enforce', { ...LIMITED, mode: 'respond' }],
])('plans nothing for a policy %s, and does not look again', (_, policy) => {
  put(policy);
  vi.advanceTimersByTime(100_000);
  keeper.periodic(NOW);
  expect(plans).toEqual([undefined]);
});

it('says how many rules the kernel holds when there are more', () => {
  const rules = Array.from({ length: MOST_LIMITED_RULES + 1 }, (_, i) =>
    rule(`r${i}`, i, ', limits: {concurrentConnections: 3}'),
  );
  put(policyOf(`${HEAD}${rules.join('')}`));
  expect(plans[0]?.meters.length).toBe(MOST_LIMITED_RULES);
  expect(journal.log).toHaveBeenCalledWith('warn', 'of 257 rules with limits the kernel holds the first 256');
});

it('looks every half minute, and records what it mends', () => {
  put(LIMITED);
  answers = [['limits: 1 to create in limited4']];
  vi.advanceTimersByTime(29_000);
  keeper.periodic(NOW);
  expect(plans).toHaveLength(1);
  vi.advanceTimersByTime(1_001);
  keeper.periodic(NOW);
  expect(journal.write.mock.calls[0][0]).toMatchObject([
    {
      type: 'drift.found',
      body: { table: 'inet penstock_limits', differences: ['limits: 1 to create in limited4'] },
    },
    { type: 'drift.repaired' },
  ]);
});

it('tries again each second what the kernel refuses, and says so once', () => {
  answers = [1, 2].map(() => new EnforcementError('table inet penstock_limits', new Error('no memory')));
  put(LIMITED);
  for (let second = 0; second < 2; second++) {
    vi.advanceTimersByTime(1_001);
    keeper.periodic(NOW);
  }
  expect(plans).toHaveLength(3);
  expect(journal.log).toHaveBeenCalledTimes(1);
  expect(keeper.mend()).toEqual({ differences: [] });
});
