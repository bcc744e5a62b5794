import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainObjectReader } from '../../../../src/flow/recorded/plain-object-reader.ts';

const KEYS = ['ts', 'src', 'sport', 'note'] as const;

/** What the reader makes of a line; undefined when it leaves it to JSON.parse. */
function readPlainly(line: string): unknown[] | undefined {
  const reader = new PlainObjectReader(KEYS);
  // Something of an earlier line must not show.
  reader.read(Buffer.from('{"ts":1,"src":"old","sport":2,"note":null}'), 0, 42);
  const bytes = Buffer.from(`#${line}#`);
  return reader.read(bytes, 1, bytes.length - 1) ? [...reader.values] : undefined;
}

function parse(line: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const record = value as Record<string, unknown>;
    return KEYS.map((key) => (Object.hasOwn(record, key) ? record[key] : undefined));
  } catch {
    return undefined;
  }
}

const key = fc.oneof(fc.constantFrom(...KEYS), fc.constantFrom('', 'label', '__proto__', 'ts2'), fc.string());
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.nat(65_535),
  fc.bigInt(0n, 1n << 70n).map(String),
  fc.tuple(fc.nat(2_000_000_000), fc.nat(999_999)).map(([s, us]) => `${s}.${String(us).padStart(6, '0')}`),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(20))
    .map(([x, n]) => x.toExponential(n)),
  fc.constantFrom('0', '-0', '0.0', '7.5e-05', '1e22', '1E+2', '9007199254740993', '0.1e1'),
);
const plain = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  number.map(String),
  fc.constant('null'),
);
const other = fc.json();
const space = fc.constantFrom('', ' ', '  ', '\t');

function objectOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const member = fc
    .tuple(key, value, space, space)
    .map(([name, text, a, b]) => `${a}${JSON.stringify(name)}${b}:${a}${text}${b}`);
  return fc.tuple(fc.array(member), space).map(([members, s]) => `${s}{${members.join(',')}}${s}`);
}

describe('the short way through a line of JSON', () => {
  it('has the values that JSON.parse has, to the last bit', () => {
    fc.assert(
      fc.property(objectOf(plain), (line) => {
        const values = readPlainly(line);
        // An empty object has no member for the reader to begin with.
        if (values !== undefined) expect(values).toStrictEqual(parse(line));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads whatever is flat, ASCII and without escapes', () => {
    const line = '{ "ts": 1655157610.743948, "x": "y", "src": "192.0.2.1","sport":7.5e-05,\t"note":null}\r';
    expect(readPlainly(line)).toStrictEqual([1_655_157_610.743948, '192.0.2.1', 0.000075, null]);
  });

  it('takes the last of a key that comes twice, as JSON.parse does', () => {
    expect(readPlainly('{"ts":1,"ts":2}')).toStrictEqual([2, undefined, undefined, undefined]);
  });

  it('never reads what JSON.parse would refuse or see otherwise', () => {
    const damaged = fc
      .tuple(objectOf(fc.oneof(plain, other)), fc.nat(), fc.string({ maxLength: 3 }))
      .map(([line, at, text]) => {
        const place = at % (line.length + 1);
        return line.slice(0, place) + text + line.slice(place + (at % 3));
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string(), other), (line) => {
        const values = readPlainly(line);
        if (values !== undefined) expect(values).toStrictEqual(parse(line));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['a number with a leading zero', '{"ts":01}'],
    ['a bare point', '{"ts":1.}'],
    ['an exponent without digits', '{"ts":1e}'],
    ['a comma at the end', '{"ts":1,}'],
    ['text after the object', '{"ts":1}{"ts":2}'],
    ['no value', '{"ts":}'],
    ['an escape', '{"src":"\\u0031"}'],
    ['another script', '{"src":"ü"}'],
    ['a list', '{"note":[]}'],
    ['true', '{"note":true}'],
    ['more than a double holds', '{"ts":1e400}'],
    ['an object that does not end', '{"ts":1'],
  ])('leaves %s to the long way', (_, line) => {
    expect(readPlainly(line)).toBeUndefined();
  });
});
