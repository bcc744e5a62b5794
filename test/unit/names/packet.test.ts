import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { readSegment } from '../../../src/names/packet.ts';
import { ipPacket, tcpPacket, udpPacket } from './dns-bytes.ts';

const ENDS = { source: '10.1.0.10', sourcePort: 40_001, destination: '10.0.0.53', destinationPort: 53 };
const ENDS6 = { ...ENDS, source: 'fd00:1::10', destination: '2001:db8::53' };
const DATA = Uint8Array.from([1, 2, 3]);

describe.each([ENDS, ENDS6])('between $source and $destination', (ends) => {
  it('a datagram is read', () => {
    const segment = readSegment(udpPacket(ends, DATA));
    expect(segment).toMatchObject({ protocol: 17, sourcePort: 40_001, destinationPort: 53 });
    expect(segment && formatAddress(segment.source)).toBe(ends.source);
    expect(segment && formatAddress(segment.destination)).toBe(ends.destination);
    expect([...(segment?.data ?? [])]).toEqual([1, 2, 3]);
  });

  it('a segment is read', () => {
    const segment = readSegment(tcpPacket(ends, 0xfffffffe, 2, DATA));
    expect(segment).toMatchObject({ protocol: 6, sequence: 0xfffffffe, flags: 2 });
    expect([...(segment?.data ?? [])]).toEqual([1, 2, 3]);
  });

  it('bytes behind the packet are no part of it', () => {
    const padded = Uint8Array.from([...udpPacket(ends, DATA), 9, 9]);
    expect([...(readSegment(padded)?.data ?? [])]).toEqual([1, 2, 3]);
  });

  it('what is cut anywhere is nothing', () => {
    for (const packet of [udpPacket(ends, DATA), tcpPacket(ends, 1, 0, DATA)]) {
      for (let length = 0; length < packet.length; length++) {
        expect(readSegment(packet.subarray(0, length))).toBeUndefined();
      }
    }
  });
});

describe('refused are', () => {
  const udp = (change: (packet: Uint8Array) => void) => {
    const packet = udpPacket(ENDS, DATA);
    change(packet);
    return readSegment(packet);
  };
  it.each([
    ['a first fragment', (packet: Uint8Array) => packet.set([0x20], 6)],
    ['a later fragment', (packet: Uint8Array) => packet.set([2], 7)],
    ['a header shorter than any', (packet: Uint8Array) => packet.set([0x44], 0)],
    ['another protocol', (packet: Uint8Array) => packet.set([1], 9)],
    ['a datagram longer than its packet', (packet: Uint8Array) => packet.set([12], 25)],
    ['a datagram shorter than its header', (packet: Uint8Array) => packet.set([7], 25)],
    ['another version', (packet: Uint8Array) => packet.set([0x55], 0)],
  ])('%s', (_, change) => {
    expect(udp(change)).toBeUndefined();
  });
});

it('options of IPv6 are skipped, and not without end', () => {
  const udp = [0x9c, 0x41, 0, 53, 0, 8, 0, 0];
  const chain = (headers: number) => {
    const options = Array.from({ length: headers }, (_, i) => [
      i === headers - 1 ? 17 : 60,
      0,
      1,
      4,
      0,
      0,
      0,
      0,
    ]);
    return ipPacket(ENDS6, 0, [...options.flat(), ...udp]);
  };
  expect(readSegment(chain(1))).toMatchObject({ sourcePort: 40_001 });
  expect(readSegment(chain(8))).toMatchObject({ sourcePort: 40_001 });
  expect(readSegment(chain(9))).toBeUndefined();
});

it('any bytes give a segment inside them or nothing', () => {
  const bytes = fc.uint8Array({ maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(
      bytes,
      fc.constantFrom(0x45, 0x46, 0x60),
      fc.constantFrom(6, 17, 0),
      (tail, first, protocol) => {
        const packet = Uint8Array.from([first, ...tail]);
        if (first === 0x60 && packet.length > 6) packet[6] = protocol;
        else if (packet.length > 9) packet[9] = protocol;
        const segment = readSegment(packet);
        expect(segment === undefined || segment.data.length <= packet.length).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});
