import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryLine, entrySubject, entrySummary } from '../../../../src/edges/cli/entry-line.ts';
import { readEvents } from '../../../../src/edges/cli/event-reader.ts';
import { plain, plainJson } from '../../../../src/edges/cli/plain-text.ts';
import { facts, table } from '../../../../src/edges/cli/table.ts';
import { localTime, span, timeLeft } from '../../../../src/edges/cli/time.ts';
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
      const json = plainJson({ text, [`key${text}`]: [text] });
      expect(json).not.toMatch(UNSAFE);
      expect(JSON.parse(json)).toEqual({ text, [`key${text}`]: [text] });
    }),
  );
});

describe('a table', () => {
  const rows = [
    ['I1', 'open', 'one two three four five six seven eight nine ten'],
    ['I22', 'closed', ''],
  ];
  it('is lined up and has no borders', () => {
    expect(table(['id', 'state', 'reason'], rows, undefined)).toBe(
      [
        'ID   STATE   REASON',
        'I1   open    one two three four five six seven eight nine ten',
        'I22  closed',
      ].join('\n'),
    );
  });
  it('fits the terminal: the last column is wrapped, and no word of it is lost', () => {
    const text = table(['id', 'state', 'reason'], rows, 40);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    const words = text
      .split('\n')
      .slice(1)
      .map((line) => line.slice(13))
      .join('')
      .replaceAll(' ', '');
    expect(words).toBe('onetwothreefourfivesixseveneightnineten');
  });
  it('holds no line end of a stranger', () => {
    expect(table(['a'], [['x\ny\u001b[1m']], undefined)).toBe('A\nx\\u{a}y\\u{1b}[1m');
  });
});

it('facts are lined up and safe', () => {
  expect(
    facts([
      ['a', 'x\ty'],
      ['long', 'z'],
    ]),
  ).toBe('a     x\\u{9}y\nlong  z');
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
  const stream =
    ': open\n\nid: 1\nevent: a\ndata: {"seq":1}\n\n: alive\n\nid: 2\nevent: b\ndata: {"seq":2}\n\n';
  it('are read wherever the network cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(stream.length)), async (cuts) => {
        const places = [0, ...cuts.toSorted((x, y) => x - y), stream.length];
        async function* pieces() {
          for (let i = 1; i < places.length; i++) yield stream.slice(places[i - 1], places[i]);
        }
        const seen = [];
        for await (const { seq } of readEvents(pieces())) seen.push(seq);
        expect(seen).toEqual([1, 2]);
      }),
    );
  });
  it('that do not end are refused before they fill the memory', async () => {
    async function* endless() {
      for (;;) yield 'x'.repeat(2 ** 20);
    }
    const read = async () => {
      for await (const _ of readEvents(endless()));
    };
    await expect(read()).rejects.toThrow('does not end');
  });
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
