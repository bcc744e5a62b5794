import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/incident/incident.ts';
import { comment } from '../../../../src/replay/learn/remark.ts';
import { learnt } from './flows.ts';

/** What ends a line, hides, or turns round its neighbours. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const nasty = fc
  .array(
    fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      '\u0085',
      '\u001b[2J',
      '\u202e',
      '#',
      ': ',
      '- ',
      '"',
      "'",
      ' ',
      'a',
      '}',
    ),
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 }));

describe('comments', () => {
  it('are lines with a blank in front, without anything that ends a line or hides', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (lines) => {
        const made = comment(lines).split('\n');
        expect(made.length).toBeGreaterThanOrEqual(lines.length);
        for (const line of made) {
          expect(line.startsWith(' ')).toBe(true);
          expect(line).not.toMatch(UNSAFE);
        }
      }),
    );
  });
  it('are folded at blanks, and go on further in', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    const [first, second] = comment([`  ${words}`]).split('\n');
    expect(first).toMatch(/^ {3}word0 .* word\d+$/);
    expect(first.length).toBeLessThanOrEqual(101);
    expect(second).toMatch(/^ {5}word\d+ /);
  });
});

it("a daemon's words cannot break out of the file", () => {
  fc.assert(
    fc.property(anyText, (reason) => {
      const incident: Incident = {
        ...{
          id: 'I1',
          host: '10.1.0.10',
          groups: [],
          source: 'feed',
          destination: '9.9.9.9',
          translated: null,
        },
        ...{
          services: [],
          score: 1,
          count: 1,
          firstSeenMs: 0,
          lastSeenMs: 0,
          raisedAtMs: 0,
          evidence: [],
          story: null,
        },
        ...{ cause: 'denyList', severity: 'high', state: 'open', reasons: [reason] },
      };
      const told = [
        { from: '10.1.0.10', to: '9.9.9.9' },
        { from: '10.1.0.10', to: '8.8.8.8' },
      ];
      const { text, policy } = learnt(told, { incidents: [incident] });
      expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
      expect(policy.rules.map(({ id }) => id)).toEqual(['lan-10.1.0.0-24-https-once']);
      expect(policy.tests).toHaveLength(2);
    }),
    { numRuns: 30 },
  );
});
