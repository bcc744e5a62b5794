import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { readHeaders } from '../../../src/nflog/headers.ts';
import { emptyPacket, type LoggedPacket } from '../../../src/nflog/packet.ts';

type Bytes = readonly number[];

function u16(value: number): Bytes {
  return [value >> 8, value & 255];
}

interface Ipv4 {
  readonly protocol?: number;
  readonly total?: number;
  readonly fragment?: number;
  readonly ihl?: number;
  readonly options?: Bytes;
}

function ipv4(payload: Bytes, { protocol = 6, total, fragment = 0, ihl, options = [] }: Ipv4 = {}): Bytes {
  const words = ihl ?? 5 + options.length / 4;
  return [
    ...[0x40 | words, 0, ...u16(total ?? 20 + options.length + payload.length)],
    ...[0, 1, ...u16(fragment)],
    ...[64, protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 9],
    ...options,
    ...payload,
  ];
}

function ipv6(next: number, payload: Bytes, length = payload.length): Bytes {
  const address = (last: number) => [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), last];
  return [0x60, 0, 0, 0, ...u16(length), next, 64, ...address(1), ...address(9), ...payload];
}

/** An extension header that is laid out like options, so many times 8 bytes long. */
function options(next: number, units = 1): Bytes {
  return [next, units - 1, ...Array<number>(units * 8 - 2).fill(0)];
}

function fragment(next: number, offset: number, more = 0): Bytes {
  return [next, 0, ...u16((offset << 3) | more), 0, 0, 0, 7];
}

const PORTS: Bytes = [...u16(40_000), ...u16(443), 0, 0, 0, 0];

function read(bytes: Bytes, cut = bytes.length): LoggedPacket {
  const packet = emptyPacket();
  // Bytes before and behind, which must not be read.
  const view = new DataView(Uint8Array.from([255, 255, ...bytes, 255, 255]).buffer);
  readHeaders(view, 2, 2 + cut, packet);
  return packet;
}

/** Protocol, ports, ICMP and how far it was read. */
function summary({
  known,
  protocol,
  sourcePort,
  destinationPort,
  icmpType,
  icmpCode,
  isLaterFragment,
}: LoggedPacket) {
  const carried = icmpType < 0 ? `${sourcePort}>${destinationPort}` : `${icmpType}/${icmpCode}`;
  return `${known} ${protocol} ${carried}${isLaterFragment ? ' later fragment' : ''}`;
}

describe('whole packets', () => {
  it.each<[string, Bytes, string]>([
    ['TCP over IPv4', ipv4(PORTS), 'transport 6 40000>443'],
    [
      'UDP behind IPv4 options',
      ipv4(PORTS, { protocol: 17, options: Array(8).fill(1) }),
      'transport 17 40000>443',
    ],
    ['SCTP', ipv4(PORTS, { protocol: 132 }), 'transport 132 40000>443'],
    ['ICMP', ipv4([8, 0, 0, 0, 0, 1, 0, 1], { protocol: 1 }), 'transport 1 8/0'],
    ['GRE, without ports', ipv4([0, 0, 8, 0], { protocol: 47 }), 'transport 47 0>0'],
    ['the first fragment', ipv4(PORTS, { fragment: 0x2000 }), 'transport 6 40000>443'],
    ['joined by the network card, length 0', ipv4(PORTS, { total: 0 }), 'transport 6 40000>443'],
    ['UDP over IPv6', ipv6(17, PORTS), 'transport 17 40000>443'],
    ['ICMPv6', ipv6(58, [128, 0, 0, 0, 0, 1, 0, 1]), 'transport 58 128/0'],
    [
      'hop-by-hop, destination, TCP',
      ipv6(0, [...options(60), ...options(6, 2), ...PORTS]),
      'transport 6 40000>443',
    ],
    ['AH (length in words), TCP', ipv6(51, [6, 4, ...Array(22).fill(0), ...PORTS]), 'transport 6 40000>443'],
    ['first IPv6 fragment', ipv6(44, [...fragment(17, 0, 1), ...PORTS]), 'transport 17 40000>443'],
    ['an IPv6 jumbogram', ipv6(6, PORTS, 0), 'transport 6 40000>443'],
    ['ESP, which hides what it carries', ipv6(50, PORTS), 'transport 50 0>0'],
    ['no next header', ipv6(59, []), 'transport 59 0>0'],
  ])('%s', (_, bytes, expected) => {
    const packet = read(bytes);
    expect(summary(packet)).toBe(expected);
    const addresses = bytes[0] >> 4 === 4 ? ['192.0.2.1', '198.51.100.9'] : ['2001:db8::1', '2001:db8::9'];
    expect([packet.source, packet.destination].map(formatAddress)).toEqual(addresses);
  });

  it('the length is the header’s, whatever was copied', () => {
    expect(read(ipv4(PORTS, { total: 1_500 })).bytes).toBe(1_500);
    expect(read(ipv6(6, PORTS, 1_400)).bytes).toBe(1_440);
  });
});

describe('packets that say less', () => {
  it.each<[string, Bytes, string]>([
    ['a later fragment', ipv4(PORTS, { fragment: 100 }), 'addresses 6 0>0 later fragment'],
    ['a later IPv6 fragment', ipv6(44, [...fragment(17, 185), ...PORTS]), 'addresses 17 0>0 later fragment'],
    [
      'a later IPv6 fragment of what begins with an extension',
      ipv6(44, [...fragment(60, 185), ...PORTS]),
      'addresses -1 0>0 later fragment',
    ],
    ['ports past the length it says', ipv4(PORTS, { total: 22 }), 'addresses 6 0>0'],
    ['IPv6 ports past the length it says', ipv6(6, PORTS, 3), 'addresses 6 0>0'],
    ['options past its end', ipv4(PORTS, { ihl: 15 }), 'addresses 6 0>0'],
    ['an extension header past its end', ipv6(0, [6, 200, 0, 0, 0, 0, 0, 0, ...PORTS]), 'addresses 6 0>0'],
    ['an extension header cut short', ipv6(0, [6, 0, 0]), 'addresses -1 0>0'],
    [
      'more extension headers than anyone needs',
      ipv6(60, [...Array(9).fill(options(60)).flat()]),
      'addresses -1 0>0',
    ],
    ['an ICMP header cut short', ipv4([8], { protocol: 1 }), 'addresses 1 0>0'],
  ])('%s', (_, bytes, expected) => {
    expect(summary(read(bytes))).toBe(expected);
  });

  it('cut short by the rule that logs it, the addresses stand', () => {
    expect(summary(read(ipv4(PORTS), 23))).toBe('addresses 6 0>0');
    expect(summary(read(ipv6(6, PORTS), 42))).toBe('addresses 6 0>0');
  });
});

describe('no packets', () => {
  it.each<[string, Bytes]>([
    ['nothing', []],
    ['ARP', [0, 1, 8, 0, 6, 4, 0, 1]],
    ['IPv4 cut within its addresses', ipv4(PORTS).slice(0, 19)],
    ['IPv6 cut within its addresses', ipv6(6, PORTS).slice(0, 39)],
    ['a header shorter than a header', ipv4(PORTS, { ihl: 4 })],
  ])('%s', (_, bytes) => {
    expect(summary(read(bytes))).toBe('nothing -1 0>0');
  });

  it('whatever the bytes, it ends, reads nothing outside and says what is in them', () => {
    const start = fc.constantFrom<Bytes>(
      ipv4(PORTS),
      ipv6(0, [...options(60), ...options(44), ...fragment(6, 0)]),
      [],
    );
    const rest = fc.array(fc.nat(255), { maxLength: 200, size: 'max' });
    const flips = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 8, size: 'max' });
    fc.assert(
      fc.property(start, rest, flips, fc.nat(260), (head, tail, changes, cut) => {
        const bytes = [...head, ...tail];
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const length = Math.min(cut, bytes.length);
        const packet = read(bytes, length);
        // Bytes outside differ, the reading does not.
        const alone = emptyPacket();
        readHeaders(new DataView(Uint8Array.from(bytes.slice(0, length)).buffer), 0, length, alone);
        expect(packet).toEqual(alone);
        if (packet.known !== 'transport') expect([packet.sourcePort, packet.destinationPort]).toEqual([0, 0]);
      }),
      { numRuns: 5_000 },
    );
  });
});
