import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/policy/problem.ts';
import { loadText, policyText } from './sources.ts';

describe('YAML that is more than a policy needs', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
  test.each([
    ['a bomb of aliases', bomb, 1, 'anchor'],
    ['an alias', policyText('  hostGroups: {a: &x {cidrs: [10.0.0.1]}, b: *x}\n'), 6, 'alias'],
    ['a merge key', policyText('  hostGroups: {a: {<<: {cidrs: [10.0.0.1]}}}\n'), 6, 'merge key'],
    ['a tag', policyText('  rules: !!js/function x\n'), 6, 'tag'],
    ['a directive', `%YAML 1.1\n---\n${policyText('')}`, 1, 'directive'],
    ['two documents', `${policyText('')}---\nx: 1\n`, 6, 'second document'],
    ['a duplicate key', policyText('  rules: []\n  rules: []\n'), 7, "key 'rules' stands twice"],
    ['__proto__', policyText('  __proto__: {}\n'), 6, "'__proto__' is no name"],
    ['deep nesting in flow style', policyText(`  rules: ${'['.repeat(100_000)}\n`), 6, 'nested too deep'],
    [
      'deep nesting in block style',
      policyText(`  rules:\n    ${'- '.repeat(5_000)}x\n`),
      7,
      'nested too deep',
    ],
    ['a list as a key', policyText('  ? [a]\n  : 1\n'), 6, 'keys must be strings'],
    ['text that is no map', 'just text\n', 1, 'a map'],
    ['nothing', '', 1, ''],
    ['a broken flow map', 'apiVersion: {\n', 2, 'end with a }'],
    [
      'a list too long',
      policyText(`  hostGroups: {g: {cidrs: [${'x, '.repeat(70_000)}]}}\n`),
      6,
      'more than 50000 values',
    ],
    ['a hundred thousand tags', `a: ${'!x '.repeat(100_000)}`, 1, 'a tag'],
    [
      'forty thousand keys',
      `a: {${Array.from({ length: 40_000 }, (_, i) => `k${i}: 1`).join(', ')}}`,
      1,
      'is left out',
    ],
    ['NUL', `a\nb\0`, 2, 'NUL'],
  ])('%s', (_, text, line, message) => {
    const result = loadText({ 'p.yaml': text });
    const found = result.ok ? [] : result.problems;
    expect(found.map(formatProblem).join('\n')).toContain(message);
    expect(found[0]).toMatchObject({ file: 'p.yaml', line });
  });

  test('10 MB are refused by size, unread', () => {
    const result = loadText({ 'p.yaml': policyText(`  # ${'x'.repeat(10_000_000)}\n`) });
    expect(result.ok ? [] : result.problems).toMatchObject([
      { file: 'p.yaml', message: 'is larger than 1048576 bytes' },
    ]);
  });
});

test('whatever happens to a policy, it loads or is refused with a place inside the text', () => {
  const office = readFileSync(path.join(import.meta.dirname, '../../../policies/office.yaml'), 'utf8');
  const piece = fc.oneof(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ':',
      '- ',
      '\n',
      '  ',
      '"',
      "'",
      '*a',
      '&a',
      '!!x',
      '|',
      '>',
      '?',
      '%',
      '#',
      '---',
      '\t',
      '\u2028',
      '<<: ',
      '__proto__: 1',
    ),
    fc.string({ maxLength: 6 }),
  );
  const cut = fc.record({ at: fc.nat(office.length), drop: fc.nat(30), put: piece });
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
      const text = cuts.reduce(
        (so, { at, drop, put }) => so.slice(0, at) + put + so.slice(at + drop),
        office,
      );
      const result = loadText({ 'p.yaml': text });
      if (result.ok) return;
      const lines = text.split(/\r\n|\r|\n/);
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { file, line, message } of result.problems) {
        expect(file).toBe('p.yaml');
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);
