import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSameDraft,
  lineOfRule,
  planLines,
  ruleMarks,
  rulesIn,
  spanOfLine,
  withUploads,
} from '../../../../../../src/edges/console/app/page/policy-facts.ts';
import { PLAN, POLICY_TEXT } from '../../../api/samples.ts';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const RULE = {
  ...{ rule: 'web', place: 1, description: null, owner: null, ticket: null },
  ...{ hits: 5, lastHitMs: NOW, sinceMs: NOW - 3 * DAY_MS, expiresMs: null, isExpired: false },
};
const UNUSED = { ...RULE, rule: 'idle', hits: 0, lastHitMs: null };
const SOON = { ...RULE, rule: 'soon', expiresMs: NOW + 2.5 * DAY_MS };
const EXPIRED = { ...RULE, rule: 'gone', expiresMs: NOW - 1, isExpired: true };

describe('what is to be looked at of a rule', () => {
  const words = (rule: typeof RULE) => ruleMarks(rule, NOW).map((mark) => mark.words);

  test.each([
    { rule: RULE, expected: [] },
    { rule: UNUSED, expected: ['unused'] },
    { rule: SOON, expected: ['expires soon'] },
    { rule: EXPIRED, expected: ['expired'] },
    { rule: { ...UNUSED, isExpired: true, expiresMs: 1 }, expected: ['expired', 'unused'] },
    { rule: { ...RULE, expiresMs: NOW + 15 * DAY_MS }, expected: [] },
  ])('$rule.rule: $expected', ({ rule, expected }) => {
    expect(words(rule as typeof RULE)).toEqual(expected);
  });

  test('is not called unused when it came a moment ago', () => {
    expect(ruleMarks({ ...UNUSED, sinceMs: NOW - 60_000 }, NOW).map((mark) => mark.words)).toEqual([
      'no hits yet',
    ]);
  });

  test('says how long there is left', () => {
    expect(ruleMarks(SOON, NOW)[0]?.because).toContain('2 days');
    expect(ruleMarks({ ...SOON, expiresMs: NOW + 60_000 }, NOW)[0]?.because).toContain('less than a day');
  });

  test('can be listed alone', () => {
    const rules = [RULE, UNUSED, SOON, EXPIRED];
    const ids = (view: 'all' | 'unused' | 'expiring') => rulesIn(rules, view, NOW).map(({ rule }) => rule);
    expect(ids('all')).toHaveLength(4);
    expect(ids('unused')).toEqual(['idle']);
    expect(ids('expiring')).toEqual(['soon', 'gone']);
  });
});

describe('the line of a rule', () => {
  test.each([
    ['web-payments', POLICY_TEXT, 13],
    ['b', 'rules:\n  - {id: a, from: [x]}\n  - {id: b, from: [x]}\n', 3],
    ['b', '{"rules": [\n{"id": "a"},\n{"id": "b"}]}', 3],
    ['b', "- id: 'b' # the second", 1],
    // A longer id that begins alike is another one.
    ['web', POLICY_TEXT, undefined],
    ['.*', POLICY_TEXT, undefined],
  ])('%s', (id, text, line) => {
    expect(lineOfRule(text, id)).toBe(line);
  });
});

describe('what is uploaded', () => {
  const one = { entry: 'policy.yaml', files: { 'policy.yaml': 'old' } };
  const two = { entry: 'policy.yaml', files: { 'policy.yaml': 'old', 'more.yaml': 'more' } };

  test('takes the place of what has its name', () => {
    expect(withUploads(two, { 'more.yaml': 'new' }).files).toEqual({
      'policy.yaml': 'old',
      'more.yaml': 'new',
    });
  });

  test('is the policy when both are one file, whatever its name', () => {
    expect(withUploads(one, { 'office-2.yaml': 'new' })).toEqual({
      entry: 'policy.yaml',
      files: { 'policy.yaml': 'new' },
    });
  });

  test('comes besides the others when they are several', () => {
    expect(Object.keys(withUploads(two, { 'feed.txt': 'x' }).files)).toEqual([
      'policy.yaml',
      'more.yaml',
      'feed.txt',
    ]);
  });

  test('is a change only when its text is another', () => {
    expect(isSameDraft(one, { ...one, files: { ...one.files } })).toBe(true);
    expect(isSameDraft(one, two)).toBe(false);
    expect(isSameDraft(one, { ...one, files: { 'policy.yaml': 'new' } })).toBe(false);
  });
});

test('the span of a line is that line, and the last one for a line that is not there', () => {
  const line = fc.stringMatching(/^[a-z ]{0,8}$/);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      (lines, at) => {
        const text = lines.join('\n');
        const { start, end } = spanOfLine(text, at);
        expect(text.slice(start, end)).toBe(lines[Math.min(at, lines.length) - 1]);
      },
    ),
  );
});

test('a plan is told line by line', () => {
  expect(planLines({ ...PLAN, mode: { from: 'audit', to: 'enforce' } })).toEqual([
    { sign: '~', words: 'mode audit → enforce' },
    { sign: '+', words: 'rule web-payments' },
    { sign: '~', words: 'guardrail maxBlocksPerMinute 50 → 20' },
  ]);
});
