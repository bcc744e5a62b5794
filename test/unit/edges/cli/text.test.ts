import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryLine, entrySubject, entrySummary } from '../../../../src/edges/cli/entry-line.ts';
import { type Look, lookOf, PLAIN, painted } from '../../../../src/edges/cli/look.ts';
import { plain, plainJson } from '../../../../src/edges/cli/plain-text.ts';
import type { Output, Surroundings } from '../../../../src/edges/cli/surroundings.ts';
import { facts, table } from '../../../../src/edges/cli/table.ts';
import { textWidth } from '../../../../src/edges/cli/text-width.ts';
import { age, localTime, moment, span, timeLeft } from '../../../../src/edges/cli/time.ts';
import { decision, incident, NOON, revision, suppression } from '../api/samples.ts';

/** What a terminal takes for a command, or what hides or turns round its neighbours. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const nastyText = fc
  .array(
    fc.constantFrom('\u001b[2J', '\r', '\u009b', '\u202e', '\u2028', '\udc00', '\u{e0041}', 'a', '"', '\\'),
  )
  .map((parts) => parts.join(''));

describe('plain text', () => {
  it('has nothing unsafe in it, and safe text is as it was', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nastyText), (text) => {
        expect(plain(text)).not.toMatch(UNSAFE);
        if (!UNSAFE.test(text)) expect(plain(text)).toBe(text);
      }),
    );
  });
  it('shows what was there', () => {
    expect(plain('a\u001b[2J\nb')).toBe('a\\u{1b}[2J\\u{a}b');
  });
});

it('plain JSON has nothing unsafe in it and says the same', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, nastyText), (text) => {
      // Not at the key's end: JSON.parse of Node.js 26.10 takes an escape there for a backslash, once it has read an
      // object of the same keys with one.
      const value = { text, [`key${text}.`]: [text] };
      const json = plainJson(value);
      expect(json).not.toMatch(UNSAFE);
      expect(JSON.parse(json)).toEqual(value);
    }),
  );
});

describe('a table', () => {
  const rows = [
    ['I1', 'open', 'one two three four five six seven eight nine ten'],
    ['I22', 'closed', ''],
  ];
  const HEADS = ['id', { head: 'state', drop: 1 }, 'reason'];
  const on = (width: number): Look => ({ ...PLAIN, width });

  it('is lined up, has no borders and is whole where there is no terminal', () => {
    expect(table(HEADS, rows, PLAIN)).toBe(
      [
        'ID   STATE   REASON',
        'I1   open    one two three four five six seven eight nine ten',
        'I22  closed',
      ].join('\n'),
    );
  });
  it('fits the terminal: the last column is cut first', () => {
    expect(table(HEADS, rows, on(40))).toBe(
      ['ID   STATE   REASON', 'I1   open    one two three four five si…', 'I22  closed'].join('\n'),
    );
  });
  it('then the least important column goes', () => {
    expect(table(HEADS, rows, on(30))).toBe(
      ['ID   REASON', 'I1   one two three four five…', 'I22'].join('\n'),
    );
  });
  it('and when nothing else helps, everything is cut', () => {
    expect(table(['address', 'name'], [['2001:db8:1:2::10', 'mirror.example.org']], on(20))).toBe(
      ['ADDRESS    NAME', '2001:db8…  mirror.e…'].join('\n'),
    );
  });
  it('counts columns of the terminal, not characters', () => {
    const wide = [['漢字かな交じり文です', 'x']];
    expect(table(['name', 'n'], wide, PLAIN)).toBe('NAME                  N\n漢字かな交じり文です  x');
    expect(table([{ head: 'name', least: 6 }, 'n'], wide, on(12))).toBe('NAME       N\n漢字かな…  x');
  });
  it('never gets wider than the terminal, whatever is in it', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constant('x'));
    const given = fc.tuple(
      fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 4 }),
      fc.integer({ min: 20, max: 90 }),
    );
    fc.assert(
      fc.property(given, ([cells, width]) => {
        for (const line of table(HEADS, cells, on(width)).split('\n'))
          expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
  it('has colours where there are some, and is lined up with them', () => {
    const cells = [
      [painted('high'), 'x'],
      [painted('medium'), 'y'],
      ['other', 'z'],
    ];
    const coloured = table(['severity', 'n'], cells, { ...PLAIN, colours: true });
    expect(coloured).toContain('\u001b[31mhigh\u001b[39m      x');
    expect(stripVTControlCharacters(coloured)).toBe(table(['severity', 'n'], cells, PLAIN));
  });
  it('holds no line end of a stranger', () => {
    expect(table(['a'], [['x\ny\u001b[1m']], PLAIN)).toBe('A\nx\\u{a}y\\u{1b}[1m');
  });
});

describe('facts', () => {
  it('are lined up and safe', () => {
    const pairs = [
      ['a', 'x\ty'],
      ['long', 'z'],
    ] as const;
    expect(facts(pairs, PLAIN)).toBe('a     x\\u{9}y\nlong  z');
  });
  it('go on below themselves on a terminal', () => {
    const text = facts([['reason', 'the nightly backup has been moved to another host']], {
      ...PLAIN,
      width: 30,
    });
    expect(text.split('\n')).toEqual([
      'reason  the nightly backup has',
      '        been moved to another',
      '        host',
    ]);
  });
});

describe('colours', () => {
  const to = (isTTY: boolean, env: Record<string, string>) =>
    lookOf({ isTTY } as Output, { env, now: () => 0 } as Surroundings).colours;
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '3', NO_COLOR: '1' }, false],
  ])('terminal %j with %j: %j', (isTTY, env, colours) => expect(to(isTTY, env)).toBe(colours));
});

describe('times', () => {
  it.each([
    [0, '0s'],
    [499, '0s'],
    [59_499, '59s'],
    [59_500, '1m'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [3_661_000, '1h 1m'],
    [90_000_000, '1d 1h'],
    [-5, '0s'],
  ])('%d ms is %s', (ms, text) => expect(span(ms)).toBe(text));
  it('that are left', () => {
    expect(timeLeft(NOON + 61_000, NOON)).toBe('in 1m 1s');
    expect(timeLeft(NOON, NOON)).toBe('over');
    expect(timeLeft(null, NOON)).toBe('-');
  });
  it('are told on a terminal by how long ago they are', () => {
    const terminal = { ...PLAIN, width: 80, nowMs: NOON };
    expect(age(NOON - 125_000, terminal)).toBe('2m 5s ago');
    expect(age(NOON + 60_000, terminal)).toBe('in 1m');
    expect(age(NOON, PLAIN)).toBe(localTime(NOON));
    expect(age(null, terminal)).toBe('-');
    expect(moment(NOON - 3_600_000, terminal)).toBe(`${localTime(NOON - 3_600_000)} (1h ago)`);
  });
  it('are local with their offset, which reads back as the same moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000_000 }), (seconds) => {
        const text = localTime(seconds * 1_000);
        const [date, clock, offset] = text.split(' ');
        expect(Date.parse(`${date}T${clock}${offset}`)).toBe(seconds * 1_000);
      }),
    );
    expect(localTime(0)).toBe('-');
  });
});

describe('events', () => {
  it.each([
    [{ revision: revision(4) }, '4', '4', 'policy: start'],
    [
      { revision: { ...revision(4), kind: 'rollback', restoredFrom: 2, reason: '' } },
      '4',
      '4',
      'rollback to 2',
    ],
    [
      { name: 'office', digest: 'd', mode: 'audit', reason: '' },
      'd'.repeat(64),
      'd'.repeat(12),
      'name office, mode audit',
    ],
    [{ name: 'console', role: 'viewer' }, 'console', 'console', 'role viewer'],
    [{ incident: incident(1) }, 'I1', 'I1', '10.1.0.10 -> 198.51.100.66 policyViolation, medium, 3 times'],
    [
      { decision: { action: 'block', target: decision(1).target }, guardrail: 'neverBlock' },
      'I1',
      'I1',
      'block 10.1.0.10 -> 198.51.100.66 443/tcp: neverBlock says no',
    ],
    [
      { suppression: suppression(1, { untilMs: NOON }) },
      'S1',
      'S1',
      `beacon 10.1.0.10 -> 198.51.100.66 443/tcp, until ${localTime(NOON)}`,
    ],
    [{ differences: ['a', 'b'] }, null, '-', 'a; b'],
  ])('with %j are told in a few words', (body, subject, shown, words) => {
    const entry = { seq: 1, atMs: NOON, type: 'x.y', actor: 'a', subject, body };
    expect([entrySubject(entry), entrySummary(entry)]).toEqual([shown, words]);
  });
  it('are one safe line whatever is in them', () => {
    const body = { reason: 'a\nb\u001b[2J' };
    const line = entryLine({ seq: 1, atMs: NOON, type: 'x.y', actor: 'a\u0007', subject: null, body });
    expect(line).not.toMatch(UNSAFE);
    expect(line).toContain('reason a\\u{a}b\\u{1b}[2J');
  });
});
