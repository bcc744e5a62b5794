import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/policy/problem.ts';
import { loadGood, loadText, policyText } from './sources.ts';

const MINUTE = 60_000;
const GROUP = '  hostGroups: {web: {cidrs: [10.1.0.0/24]}}\n';
const guardrails = (text: string) => loadGood(`  response: {guardrails: ${text}}\n`).guardrails;

describe('guardrails', () => {
  test('have a value each when the policy names none', () => {
    expect(loadGood('').guardrails).toEqual({
      maxBlocksPerMinute: 50,
      maxBlocksPerHour: 500,
      maxQuarantinedPercent: 5,
      maxBlockedHostsPercent: 50,
      maxPrefixLength: { ipv4: 24, ipv6: 64 },
      circuitBreaker: { blocks: 100, timesUsual: 10, vetoes: 20, withinMs: 10 * MINUTE },
      twoPersons: { quarantine: false, policy: false },
    });
  });

  test.each([
    ['{maxBlocksPerMinute: 1000}', 10_000, 2_000],
    ['{maxBlocksPerMinute: 0}', 0, 20],
    ['{maxBlocksPerMinute: 3, maxBlocksPerHour: 7, circuitBreaker: {blocks: 5}}', 7, 5],
  ])('of an hour and of a spike follow from those of a minute, unless named: %s', (text, hour, spike) => {
    expect(guardrails(text)).toMatchObject({ maxBlocksPerHour: hour, circuitBreaker: { blocks: spike } });
  });

  test('the breaker can be switched off', () => {
    expect(guardrails('{circuitBreaker: {enabled: false}}').circuitBreaker).toBeNull();
  });

  test('two persons are asked only where the policy says so', () => {
    expect(guardrails('{twoPersons: {policy: true}}').twoPersons).toEqual({
      quarantine: false,
      policy: true,
    });
  });
});

describe('a canary', () => {
  test('is kept with its action', () => {
    const action = '{detector: limit, action: block, target: flow, canary: [web]}';
    expect(loadGood(`${GROUP}  response: {actions: [${action}]}\n`).response.byDetector.limit).toMatchObject({
      canary: ['web'],
    });
  });

  test('is none when it is left out', () => {
    const action = '{detector: limit, action: block, target: flow}';
    expect(loadGood(`  response: {actions: [${action}]}\n`).response.byDetector.limit).toMatchObject({
      canary: null,
    });
  });
});

describe('what is wrong is told with its place (§ marks where)', () => {
  test.each([
    ['guardrails: {§maxBlocksPerDay: 1}', "unknown field 'maxBlocksPerDay'"],
    ['guardrails: {maxBlocksPerHour: §-1}', 'expected: at least 0'],
    ['guardrails: {maxBlockedHostsPercent: §101}', 'expected: at most 100'],
    ['guardrails: {circuitBreaker: {vetoes: §0}}', 'expected: at least 1'],
    ['guardrails: {circuitBreaker: {within: §2h}}', 'is too long; expected: at most 1h'],
    ['guardrails: {circuitBreaker: {within: §soon}}', 'a whole number and s, m, h or d'],
    ['guardrails: {twoPersons: {quarantine: §3}}', 'is the number 3'],
    [
      'guardrails: {twoPersons: {quarantine: true}}, actions: [{detector: limit, action: quarantine, approval: §none}]',
      'does not fit twoPersons.quarantine, which asks two persons; expected: provisional or required',
    ],
    [
      'actions: [{detector: limit, action: block, target: flow, canary: [§wbe]}]',
      "no host group 'wbe'; expected: did you mean 'web'?",
    ],
    [
      'default: {action: block, target: flow, canary: [§other]}',
      "no host group 'other'; expected: one of web",
    ],
    [
      'actions: [{detector: limit, action: block, target: destination, canary: §[web]}]',
      'has no meaning with target destination',
    ],
    ['actions: [{detector: limit, action: alert, canary: §[web]}]', 'has no meaning with action alert'],
    ['actions: [{detector: limit, action: block, target: flow, canary: §[]}]', 'canary'],
  ])('%s', (text, message) => {
    const spec = `${GROUP}  response: {${text}}\n`;
    const before = policyText(spec.slice(0, spec.indexOf('§'))).split('\n');
    const spot = `p.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1} `;
    const result = loadText({ 'p.yaml': policyText(spec.replace('§', '')) });
    const problems = result.ok ? [] : result.problems.map(formatProblem);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toContain(spot);
  });
});
