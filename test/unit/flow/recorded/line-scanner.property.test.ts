/** What the scanner takes has the value that JSON.parse gives; what it does not take says nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, ipv4, parseAddress } from '../../../../src/address/address.ts';
import { LineScanner, NO_QUAD, NOT_TAKEN } from '../../../../src/flow/recorded/line-scanner.ts';

const FIELDS = ['ts', 'bytes', 'src', 'state'];

/** Odd ones are few, so that most lines are taken. */
function mostly(plain: fc.Arbitrary<string>, odd: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: odd });
}

/** Each as it stands in a line, mostly as JSON has it. */
const numberText = mostly(
  fc.oneof(
    fc.nat().map(String),
    fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
    fc.stringMatching(/^[1-9][0-9]{0,24}\.[0-9]{1,26}$/),
    fc.constantFrom('0', '0.0', '9007199254740991', '9007199254740993'),
  ),
  fc.oneof(
    fc.double().map((value) => JSON.stringify(value)),
    fc.constantFrom('-1', '00', '01', '1.', '.5', '0.1e3', '1e400', '"12"'),
  ),
);
const textText = mostly(
  fc.stringMatching(/^[ !#-[\]-~]{0,12}$/).map((value) => `"${value}"`),
  fc.oneof(
    fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
    fc.constantFrom('null', '"\\u0053F"', '"a\tb"', '"\u007f"', '"n\u00e9"', '7'),
  ),
);
const addressText = mostly(
  fc.nat(0xffffffff).map((word) => JSON.stringify(formatAddress(ipv4(word)))),
  fc.constantFrom(
    '"fe80::1"',
    '"010.0.0.1"',
    '"1.2.3"',
    '"1.2.3.4.5"',
    '"1.2.3.256"',
    '"1.2.3."',
    '"::1.2.3.4"',
  ),
);
const line = fc.record({
  ts: numberText,
  bytes: numberText,
  src: addressText,
  state: textText,
  other: fc.oneof(numberText, textText),
});

describe('a line that is laid out like one before it', () => {
  it.each([
    ['as JSON.stringify writes it', ['{"ts":', ',"other":', ',"bytes":', ',"src":', ',"state":', '}']],
    ['with spaces', ['{"ts": ', ', "other": ', ', "bytes": ', ', "src": ', ', "state": ', '}']],
    ['in another order', ['{ "state" :', ',"bytes":', ',"ts":', ',"other":', ',"src":', ' } ']],
  ])('has the values that it would have parsed, %s', (_, pieces) => {
    const keys = pieces.slice(0, -1).map((piece) => JSON.parse(piece.replace(/^[{,]|:/g, '').trim()));
    const written = (of: Record<string, string>) =>
      pieces.map((piece, i) => piece + (i < keys.length ? of[keys[i]] : '')).join('');
    const model = written({ ts: '1', bytes: '2', src: '"192.0.2.1"', state: '"SF"', other: '"x"' });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.boolean(), (lines, textual) => {
        const scanner = new LineScanner(FIELDS, ['src'], ['ts', 'bytes']);
        scanner.learn(textual ? model : model.replace('"x"', '3'));
        for (const each of lines.map(written)) expectSame(scanner, each);
      }),
      { numRuns: 300 },
    );
  });
});

it('takes nothing before it has learnt, and nothing that is cut off', () => {
  const scanner = new LineScanner(FIELDS, ['src'], ['ts', 'bytes']);
  const whole = '{"ts":1676851429.5,"src":"192.0.2.10","state":"SF"}';
  expect(scanner.scan(Buffer.from(`${whole}\n`), 0)).toBe(NOT_TAKEN);
  scanner.learn(whole);
  expect(scanner.scan(Buffer.from(`${whole}\n`), 0)).toBe(whole.length + 1);
  for (let length = 0; length < whole.length; length++) {
    expect(scanner.scan(Buffer.from(`${whole.slice(0, length)}\n`), 0)).toBe(NOT_TAKEN);
  }
});

it.each([
  ['a key twice', '{"ts":1,"ts":2}'],
  ['a key with an escape', '{"t\\u0073":1}'],
  ['a value inside another', '{"ts":{"src":1}}'],
])('learns no layout with %s', (_, odd) => {
  const scanner = new LineScanner(FIELDS, ['src'], ['ts', 'bytes']);
  scanner.learn(odd);
  expect(scanner.scan(Buffer.from(`${odd}\n`), 0)).toBe(NOT_TAKEN);
});

it('forgets what a line of another layout said', () => {
  const scanner = new LineScanner(FIELDS, ['src'], ['ts', 'bytes']);
  scanner.learn('{"ts":1,"src":"192.0.2.1","state":"SF"}');
  scanner.scan(Buffer.from('{"ts":1,"src":"192.0.2.1","state":"SF"}\n'), 0);
  scanner.learn('{"ts":1}');
  scanner.scan(Buffer.from('{"ts":2}\n'), 0);
  expect(FIELDS.map((_, field) => scanner.valueOf(field))).toEqual([2, undefined, undefined, undefined]);
  expect(scanner.quads[2]).toBe(NO_QUAD);
});

function expectSame(scanner: LineScanner, text: string): void {
  const bytes = Buffer.from(`before\n${text}\nafter`);
  const start = 'before\n'.length;
  const next = scanner.scan(bytes, start);
  if (next === NOT_TAKEN) return;
  expect(bytes.toString('utf8', start, next)).toBe(`${text}\n`);
  const record = JSON.parse(text);
  expect([0, 1, 3].map((field) => scanner.valueOf(field))).toEqual([record.ts, record.bytes, record.state]);
  if (scanner.quads[2] === NO_QUAD) expect(scanner.valueOf(2)).toBe(record.src);
  else expect(ipv4(scanner.quads[2])).toEqual(parseAddress(record.src));
}
