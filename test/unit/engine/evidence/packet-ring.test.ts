import { beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../../../src/address/address.ts';
import { PacketRing } from '../../../../src/engine/evidence/packet-ring.ts';
import { emptyPacket, type LoggedPacket } from '../../../../src/nflog/packet.ts';
import { NOON } from './sample-view.ts';

const HOST = parseAddress('10.1.0.10');
const OTHER = parseAddress('198.51.100.60');

/** As the decoder leaves it: the bytes somewhere in a buffer that is used again. */
function told(from: string, to: string, more: Partial<LoggedPacket> = {}): LoggedPacket {
  const [source, destination] = [parseAddress(from), parseAddress(to)];
  const bytes = Buffer.alloc(300);
  bytes.set([0x45, 0, 0, 60, 0, 0, 0, 0, 64, 6], 100);
  bytes.writeUInt32BE(source.d >>> 0, 112);
  bytes.writeUInt32BE(destination.d >>> 0, 116);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { ...emptyPacket(), view, payloadStart: 100, payloadEnd: 140, bytes: 60, atMs: NOON, ...more };
}

describe('the ring of told packets', () => {
  let ring: PacketRing;
  const find = (others = [OTHER], fromMs = 0, limit = 10) => ring.find({ host: HOST, others, fromMs, limit });

  beforeEach(() => {
    ring = new PacketRing();
    ring.resize(3 * 144);
  });

  it('gives copies of what went between the two, the oldest first', () => {
    ring.note(told('10.1.0.10', '198.51.100.60'), 0);
    ring.note(told('10.1.0.11', '198.51.100.60'), 0);
    ring.note(told('198.51.100.60', '10.1.0.10', { atMs: NOON + 1 }), 0);
    const found = find();
    expect(found.map(({ atMs, originalBytes, data }) => [atMs, originalBytes, data.length])).toEqual([
      [NOON, 60, 40],
      [NOON + 1, 60, 40],
    ]);
    expect([...found[0].data.subarray(0, 4)]).toEqual([0x45, 0, 0, 60]);
    expect(find([])).toHaveLength(2);
    expect(find([parseAddress('192.0.2.1')])).toEqual([]);
    expect(find([OTHER], NOON + 1)).toHaveLength(1);
    expect(find([OTHER], 0, 1)).toHaveLength(1);
  });

  it('keeps the newest, each cut to its slot', () => {
    for (const atMs of [1, 2, 3, 4, 5])
      ring.note(told('10.1.0.10', '198.51.100.60', { atMs, payloadEnd: 300, bytes: 1_500 }), 0);
    expect(find().map(({ atMs, originalBytes, data }) => [atMs, originalBytes, data.length])).toEqual([
      [3, 1_500, 128],
      [4, 1_500, 128],
      [5, 1_500, 128],
    ]);
  });

  it('dates a packet of this machine by when it was read', () => {
    ring.note(told('10.1.0.10', '198.51.100.60', { atMs: 0 }), NOON + 7);
    expect(find()[0].atMs).toBe(NOON + 7);
  });

  it('keeps nothing where there is no room, or no packet', () => {
    ring.note({ ...told('10.1.0.10', '198.51.100.60'), view: undefined }, 0);
    expect(find()).toEqual([]);
    ring.resize(0);
    ring.note(told('10.1.0.10', '198.51.100.60'), 0);
    expect(find()).toEqual([]);
  });
});
