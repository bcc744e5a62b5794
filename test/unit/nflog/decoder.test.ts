import fc from 'fast-check';
import { NetlinkDecodeError } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { NflogDecodeError } from '../../../src/nflog/errors.ts';
import { emptyPacket } from '../../../src/nflog/packet.ts';
import { decodeBytes, FRAMES, type Frame, frameBytes } from './frame.ts';

describe('real frames', () => {
  it.each<[Frame, string, string, number, number, number, number]>([
    ['tcp-ipv4', '192.0.2.2', '192.0.2.1', 6, 443, -1, 60],
    ['udp-ipv6', '2001:db8::2', '2001:db8::1', 17, 53, -1, 51],
    ['icmp-ipv4', '192.0.2.2', '192.0.2.1', 1, 0, 8, 84],
    ['icmpv6', '2001:db8::2', '2001:db8::1', 58, 0, 128, 104],
  ])('%s', (frame, source, destination, protocol, port, icmpType, bytes) => {
    const packet = decodeBytes(frameBytes(frame));
    expect(packet).toMatchObject({
      known: 'transport',
      protocol,
      destinationPort: port,
      icmpType,
      icmpCode: icmpType < 0 ? -1 : 0,
      bytes,
      isLaterFragment: false,
      prefix: 'no rule',
      hook: 1,
      mark: 7,
      inInterface: 2,
      outInterface: 0,
      hardwareAddress: '02:00:00:00:00:02',
      userId: -1,
      sequence: FRAMES.indexOf(frame),
    });
    expect(formatAddress(packet.source)).toBe(source);
    expect(formatAddress(packet.destination)).toBe(destination);
    expect(new Date(packet.atMs).getFullYear()).toBe(2026);
  });

  it('leaves nothing of the packet before', () => {
    const packet = decodeBytes(frameBytes('icmpv6'));
    expect(decodeBytes(frameBytes('tcp-ipv4'), packet)).toEqual(decodeBytes(frameBytes('tcp-ipv4')));
  });
});

describe('what is no message of a packet', () => {
  it('another type is refused', () => {
    const bytes = frameBytes('tcp-ipv4');
    bytes[4] = 1;
    expect(() => decodeBytes(bytes)).toThrow(NflogDecodeError);
  });

  it('attributes past the end are refused', () => {
    const bytes = frameBytes('tcp-ipv4');
    bytes[20] = 255;
    expect(() => decodeBytes(bytes)).toThrow(/malformed nflog message/);
  });

  it('a hardware address longer than its bytes is left out', () => {
    const bytes = frameBytes('tcp-ipv4');
    // nla_len 16, NFULA_HWADDR, 6 bytes of address.
    const at = Buffer.from(bytes).indexOf(Buffer.from('1000080000060000', 'hex')) + 5;
    bytes[at] = 9;
    expect(decodeBytes(bytes).hardwareAddress).toBe('');
  });

  it('whatever the bytes, it decodes or refuses', () => {
    const damage = fc.array(fc.tuple(fc.nat(260), fc.nat(255)), { minLength: 1, maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(fc.constantFrom(...FRAMES), damage, fc.nat(300), (frame, changes, length) => {
        const bytes = frameBytes(frame).slice(0, Math.max(16, length));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const packet = emptyPacket();
        try {
          decodeBytes(bytes, packet);
        } catch (error) {
          const expected = error instanceof NflogDecodeError || error instanceof NetlinkDecodeError;
          if (!expected) throw error;
        }
        expect(packet.prefix.length).toBeLessThanOrEqual(bytes.length);
        expect(packet.hardwareAddress.length).toBeLessThanOrEqual(23);
      }),
      { numRuns: 2_000 },
    );
  });
});
