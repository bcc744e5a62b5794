import fc from 'fast-check';
import { decodeKey, type Expression, encodeKey, NftablesError } from 'node-nftables';
import { describe, expect, it } from 'vitest';

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

describe('keys', () => {
  const cases: [string | string[], Expression, string, string?][] = [
    ['ipv4_addr', '192.0.2.1', 'c0000201'],
    ['ipv6_addr', '2001:db8::1', '20010db8000000000000000000000001'],
    ['ipv6_addr', '::', '00000000000000000000000000000000'],
    ['ipv6_addr', '::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['ipv6_addr', '1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['inet_service', 443, '01bb'],
    ['inet_proto', 'tcp', '06'],
    ['inet_proto', 'ipv6-icmp', '3a'],
    ['inet_proto', 253, 'fd'],
    ['ifname', 'eth0', '65746830000000000000000000000000'],
    [
      ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
      { concat: ['192.0.2.1', '203.0.113.9', 'tcp', 443] },
      'c0000201cb0071090600000001bb0000',
    ],
    ['ipv4_addr', { prefix: { addr: '10.0.0.0', len: 8 } }, '0a000000', '0affffff'],
    ['ipv4_addr', { prefix: { addr: '10.1.2.3', len: 8 } }, '0a000000', '0affffff'],
    ['ipv4_addr', { prefix: { addr: '0.0.0.0', len: 0 } }, '00000000', 'ffffffff'],
    ['ipv4_addr', { range: ['10.0.0.1', '10.0.0.2'] }, '0a000001', '0a000002'],
    [
      ['ipv4_addr', 'inet_service'],
      { concat: ['192.0.2.1', { range: [80, 90] }] },
      'c000020100500000',
      'c0000201005a0000',
    ],
  ];
  it.each(cases)('of %j %j', (type, expression, key, keyEnd) => {
    const encoded = encodeKey(type, expression);
    expect([hex(encoded.key), hex(encoded.keyEnd)]).toEqual([key, keyEnd]);
  });

  const wrong: [string | string[], Expression][] = [
    ['ipv4_addr', '192.0.2.01'],
    ['ipv4_addr', '192.0.2'],
    ['ipv4_addr', '2001:db8::1'],
    ['ipv4_addr', 1],
    ['ipv6_addr', 'fe80::1%lo'],
    ['ipv6_addr', '192.0.2.1'],
    ['inet_service', 65_536],
    ['inet_service', -1],
    ['inet_service', 1.5],
    ['inet_service', 'https'],
    ['inet_proto', 'constructor'],
    ['inet_proto', 256],
    ['mark', 2 ** 32],
    ['ifname', ''],
    ['ifname', 'a'.repeat(16)],
    ['ifname', 'a\0b'],
    ['toString', 'x'],
    ['ipv4_addr', { prefix: { addr: '10.0.0.0', len: 33 } }],
    ['ipv4_addr', { prefix: { addr: '10.0.0.0', len: -1 } }],
    ['ipv4_addr', { range: ['10.0.0.2', '10.0.0.1'] }],
    ['ipv4_addr', { set: '10.0.0.1' }],
    ['ipv4_addr', ['10.0.0.1', '10.0.0.2']],
    [['ipv4_addr', 'inet_service'], { concat: ['10.0.0.1'] }],
    [['ipv4_addr', 'inet_service'], '10.0.0.1'],
    [
      ['ipv4_addr', 'inet_service'],
      ['10.0.0.1', 80],
    ],
  ];
  it.each(wrong)('are refused: %j %j', (type, expression) => {
    expect(() => encodeKey(type, expression)).toThrow(NftablesError);
  });

  it('of the wrong length are not decoded', () => {
    expect(() => decodeKey('ipv4_addr', { key: new Uint8Array(5) })).toThrow(NftablesError);
    expect(() => decodeKey(['inet_proto', 'inet_proto'], { key: new Uint8Array(2) })).toThrow(NftablesError);
  });

  const fields: Record<string, fc.Arbitrary<Expression>> = {
    ipv4_addr: fc.ipV4(),
    ipv6_addr: fc.ipV6(),
    inet_service: fc.integer({ min: 0, max: 65_535 }),
    inet_proto: fc.integer({ min: 0, max: 255 }),
    mark: fc.integer({ min: 0, max: 0xffffffff }),
    ifname: fc.stringMatching(/^[a-z0-9.-]{1,15}$/),
  };

  it('are the same after decoding and encoding', () => {
    const names = fc.array(fc.constantFrom(...Object.keys(fields)), { minLength: 1, maxLength: 4 });
    const keys = names.chain((type) =>
      fc.tuple(fc.constant(type), fc.tuple(...type.map((name) => fields[name]))),
    );
    fc.assert(
      fc.property(keys, ([type, values]) => {
        const encoded = encodeKey(type, type.length === 1 ? values[0] : { concat: values });
        expect(encodeKey(type, decodeKey(type, encoded))).toEqual(encoded);
      }),
    );
  });

  it('of any range are the same after decoding and encoding', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(word, word, (x, y) => {
        const bytes = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
        const range = { key: bytes(Math.min(x, y)), keyEnd: bytes(Math.max(x, y)) };
        const again = encodeKey('ipv4_addr', decodeKey('ipv4_addr', range));
        expect({ keyEnd: again.key, ...again }).toEqual(range);
      }),
    );
  });
});
