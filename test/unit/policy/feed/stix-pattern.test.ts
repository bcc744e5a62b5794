import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesOf } from '../../../../src/policy/feed/stix-pattern.ts';

const ONE = '198.51.100.1';
const TWO = '2001:db8::/32';

describe('addresses that are enough by themselves', () => {
  test.each([
    ['one', `[ipv4-addr:value = '${ONE}']`, [ONE], false],
    ['without blanks', `[ipv4-addr:value='${ONE}']`, [ONE], false],
    ['with more blanks', ` [ ipv4-addr:value  =\n'${ONE}' ] `, [ONE], false],
    ['IPv6', `[ipv6-addr:value = '${TWO}']`, [TWO], false],
    ['a network', `[ipv6-addr:value ISSUBSET '${TWO}']`, [TWO], false],
    ['the far end of traffic', `[network-traffic:dst_ref.value = '${ONE}']`, [ONE], false],
    [
      'alternatives in one observation',
      `[ipv4-addr:value = '${ONE}' OR ipv6-addr:value = '${TWO}']`,
      [ONE, TWO],
      false,
    ],
    [
      'alternative observations',
      `[ipv4-addr:value = '${ONE}'] OR [ipv6-addr:value = '${TWO}']`,
      [ONE, TWO],
      false,
    ],
    ['a set', `[ipv4-addr:value IN ('${ONE}', '${TWO}')]`, [ONE, TWO], false],
    ['brackets', `([(ipv4-addr:value = '${ONE}')] OR ([ipv6-addr:value = '${TWO}']))`, [ONE, TWO], false],
    ['a name as alternative', `[domain-name:value = 'x' OR ipv4-addr:value = '${ONE}']`, [ONE], true],
    ['a hash as alternative', `[file:hashes.'SHA-256' = 'aa' OR ipv4-addr:value = '${ONE}']`, [ONE], true],
    [
      'a quotation mark in a name',
      `[domain-name:value = 'it\\'s' OR ipv4-addr:value = '${ONE}']`,
      [ONE],
      true,
    ],
    ['only a name', "[domain-name:value = 'x']", [], true],
  ])('%s', (_, pattern, values, others) => {
    expect(addressesOf(pattern)).toMatchObject({ values, others });
  });
});

describe('an address that is only part of the evidence, or no pattern at all', () => {
  test.each([
    ['AND', `[ipv4-addr:value = '${ONE}' AND domain-name:value = 'x']`],
    [
      'AND after OR',
      `[ipv4-addr:value = '${ONE}' OR ipv4-addr:value = '${ONE}' AND domain-name:value = 'x']`,
    ],
    ['AND of observations', `[ipv4-addr:value = '${ONE}'] AND [domain-name:value = 'x']`],
    ['FOLLOWEDBY', `[ipv4-addr:value = '${ONE}'] FOLLOWEDBY [domain-name:value = 'x']`],
    ['a port', `[network-traffic:dst_ref.value = '${ONE}' AND network-traffic:dst_port = 443]`],
    ['a qualifier', `[ipv4-addr:value = '${ONE}'] WITHIN 5 SECONDS`],
    ['repetition', `[ipv4-addr:value = '${ONE}'] REPEATS 5 TIMES`],
    ['NOT', `[ipv4-addr:value NOT = '${ONE}']`],
    ['not equal', `[ipv4-addr:value != '${ONE}']`],
    ['LIKE', "[ipv4-addr:value LIKE '198.51.%']"],
    ['MATCHES', "[ipv4-addr:value MATCHES '^198']"],
    ['ISSUPERSET', `[ipv4-addr:value ISSUPERSET '${ONE}']`],
    ['more than one pattern', `[ipv4-addr:value = '${ONE}'] [ipv4-addr:value = '${ONE}']`],
    ['no end', `[ipv4-addr:value = '${ONE}'`],
    ['no end of a text', `[ipv4-addr:value = '${ONE}]`],
    ['no value', '[ipv4-addr:value = ]'],
    ['no path', `['${ONE}']`],
    ['an empty set', '[ipv4-addr:value IN ()]'],
    ['nothing', ''],
    ['another language', 'alert tcp any any -> 198.51.100.1 any'],
    ['brackets without end', '('.repeat(60_000)],
    ['brackets in one observation without end', `[${'('.repeat(60_000)}`],
    ['more than anybody writes', `[ipv4-addr:value = '${ONE}']${' '.repeat(70_000)}`],
  ])('%s gives nothing', (_, pattern) => {
    expect(addressesOf(pattern)).toBeUndefined();
  });
});

test('any text is a pattern or none', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '(',
    ')',
    'OR',
    'AND',
    'IN',
    '=',
    ',',
    ' ',
    "'a'",
    "'",
    '\\',
    'ipv4-addr:value',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const found = addressesOf(text);
        for (const value of found?.values ?? []) expect(text).toContain(value.slice(0, 1));
      },
    ),
  );
});
