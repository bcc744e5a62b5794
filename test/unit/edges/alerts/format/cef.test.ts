import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cef } from '../../../../../src/edges/alerts/format/cef.ts';
import { opened, proposed } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { anyDispatch } from '../made-up.ts';

const made = dispatch(opened(42));

/** A parser of its own: a header of seven parts, then `key=value` up to the space before the next key. */
function parse(line: string) {
  const header: string[] = [];
  let part = '';
  let at = 0;
  for (; header.length < 7; at++) {
    if (line[at] === '\\') part += line[++at];
    else if (line[at] === '|') {
      header.push(part);
      part = '';
    } else if (at >= line.length) throw new Error('too short');
    else part += line[at];
  }
  const extension: Record<string, string> = {};
  let key = '';
  let value = '';
  // A word that runs up to an `=` without a backslash before it is a key.
  const tokens = line.slice(at).match(/\\.|[^\\]/gsu) ?? [];
  for (const [i, token] of tokens.entries()) {
    if (token === '=') {
      const cutAt = value.lastIndexOf(' ');
      if (key !== '') extension[key] = value.slice(0, cutAt);
      key = value.slice(cutAt + 1);
      value = '';
    } else value += unescaped(token, i);
  }
  if (key !== '') extension[key] = value;
  return { header, extension };
}

function unescaped(token: string, at: number): string {
  if (!token.startsWith('\\')) return token;
  const meant = { '\\\\': '\\', '\\=': '=', '\\n': '\n' }[token];
  if (meant === undefined) throw new Error(`${token} at ${at} is no escape`);
  return meant;
}

const plain = (text: string) =>
  text
    .toWellFormed()
    .replace(/(?![\r\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\r\n|\r/g, '\n');

test('an incident has its fields by the names of the dictionary', () => {
  const { header, extension } = parse(cef(made));
  expect(header).toEqual([
    'CEF:0',
    'Penstock',
    'Penstock',
    '0.1.0',
    'incident.opened',
    'On deny list known-c2',
    '8',
  ]);
  expect(extension).toEqual({
    rt: '1760000000000',
    externalId: '1',
    dvchost: 'gateway',
    src: '10.1.0.10',
    dst: '198.51.100.66',
    dpt: '443',
    proto: 'tcp',
    deviceDirection: '1',
    cat: 'denyList',
    msg: made.message,
    reason: made.facts.reasons.join('\n'),
    cs1Label: 'alertId',
    cs1: made.id,
    cs2Label: 'incident',
    cs2: 'I42',
    cfp1Label: 'score',
    cfp1: '1',
    cs4Label: 'rule',
    cs4: 'known-c2',
  });
});

test('a decision has its id and state', () => {
  expect(parse(cef(dispatch(proposed(7, { state: 'pending' })))).extension).toMatchObject({
    cs3Label: 'decision',
    cs3: 'D7',
    act: 'pending',
  });
});

test.each([
  ['2001:db8::1', { c6a3Label: 'Destination IPv6 Address', c6a3: '2001:db8::1' }],
  ['192.0.2.7/32', { dst: '192.0.2.7' }],
  ['198.51.100.0/24', { cs5Label: 'prefix', cs5: '198.51.100.0/24' }],
])('a destination of %s is in the field that takes it', (destination, fields) => {
  const { extension } = parse(cef({ ...made, facts: { ...made.facts, destination } }));
  expect(extension).toMatchObject(fields);
  expect('dst' in extension).toBe('dst' in fields);
});

test('whatever is in an alert can be read back, and is one line', () => {
  fc.assert(
    fc.property(anyDispatch, (any) => {
      const line = cef(any);
      expect(line).not.toMatch(/[\r\n\0]/);
      const { header, extension } = parse(line);
      expect(header[4]).toBe(any.action);
      const { facts } = any;
      expect(extension.cs1).toBe(any.id);
      expect(extension.msg ?? '').toBe(plain(any.message));
      expect(extension.reason ?? '').toBe(plain(facts.reasons.join('\n').slice(0, 1_023)));
      if (facts.rule) expect(extension.cs4).toBe(plain(facts.rule));
    }),
  );
});
