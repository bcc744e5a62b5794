import fc from 'fast-check';
import { AttributeCursor, MessageCursor, MessageWriter, NetlinkDecodeError } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import {
  decodePacket,
  emptyPacket,
  isPacket,
  NF_ACCEPT,
  NF_DROP,
  NFQA_CFG_F_FAIL_OPEN,
  NFQA_CFG_F_GSO,
  writeBind,
  writeSettings,
  writeUnbind,
  writeVerdict,
} from '../../../src/names/queue/message.ts';

function written(build: (writer: MessageWriter) => void): string {
  const writer = new MessageWriter();
  build(writer);
  return Buffer.from(writer.bytes.subarray(0, writer.length)).toString('hex');
}

/** nlmsghdr without its sequence number and port id, nfgenmsg, attributes; as libnetfilter_queue sends them. */
function frame(length: number, type: string, flags: string, body: string): RegExp {
  const size = length.toString(16).padStart(2, '0');
  return new RegExp(`^${size}000000${type}${flags}.{16}${body}$`);
}

describe('requests', () => {
  it.each([
    ['bind', writeBind, '0203', '0000002a' + '0800010001000000'],
    ['unbind', writeUnbind, '0203', '0000002a' + '0800010002000000'],
  ] as const)('%s', (_, write, type, body) => {
    expect(written((writer) => write(writer, 42))).toMatch(frame(28, type, '0500', body));
  });

  it('settings', () => {
    const settings = {
      copyBytes: 0xffff,
      maxPackets: 4096,
      flags: NFQA_CFG_F_GSO,
      mask: NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN,
    };
    const parts = [
      '0900020000 00ffff02 000000',
      '08000300 00001000',
      '08000400 00000005',
      '08000500 00000004',
    ];
    const body = `0000002a${parts.join('')}`.replaceAll(' ', '');
    expect(written((writer) => writeSettings(writer, 42, settings))).toMatch(frame(56, '0203', '0500', body));
  });

  it.each([
    ['for one packet', false, NF_ACCEPT, '0103', '00000001'],
    ['for all up to one', true, NF_DROP, '0303', '00000000'],
  ] as const)('a verdict %s', (_, upTo, verdict, type, code) => {
    const body = `0000002a0c000200${code}ff000102`;
    expect(written((writer) => writeVerdict(writer, 42, 0xff000102, verdict, upTo))).toMatch(
      frame(32, type, '0100', body),
    );
  });
});

/** What the kernel sends, as net/netfilter/nfnetlink_queue.c puts it together. */
function packetMessage(build: (writer: MessageWriter) => void): MessageCursor {
  const writer = new MessageWriter();
  writer.begin(0x0300, 0);
  const at = writer.reserve(4);
  writer.view.setUint8(at, 2);
  build(writer);
  writer.end();
  const message = new MessageCursor().load(writer.view, writer.length);
  message.next();
  return message;
}

const HEADER = [0xff, 0, 1, 2, 8, 0, 2];

describe('a packet', () => {
  it('is read with its id, hook, interfaces and bytes', () => {
    const packet = emptyPacket();
    const message = packetMessage((writer) => {
      writer.data(1, HEADER);
      writer.networkU32(5, 3);
      writer.networkU32(6, 70_000);
      writer.data(10, [0x45, 1, 2]);
    });
    expect(isPacket(message)).toBe(true);
    decodePacket(message, new AttributeCursor(), packet);
    expect(packet).toMatchObject({ id: 0xff000102, hook: 2, inDevice: 3, outDevice: 70_000, cut: false });
    expect([...packet.payload]).toEqual([0x45, 1, 2]);
  });

  it('keeps nothing of the one before', () => {
    const packet = emptyPacket();
    const cursor = new AttributeCursor();
    decodePacket(
      packetMessage((writer) => {
        writer.data(1, HEADER);
        writer.networkU32(5, 3);
        writer.networkU32(6, 4);
        writer.data(10, [1]);
        writer.networkU32(13, 9_000);
      }),
      cursor,
      packet,
    );
    expect(packet.cut).toBe(true);
    decodePacket(
      packetMessage((writer) => writer.data(1, [0, 0, 0, 9, 8, 0, 1])),
      cursor,
      packet,
    );
    expect(packet).toEqual({
      ...{ id: 9, hook: 1, inDevice: 0, outDevice: 0, cut: false },
      payload: new Uint8Array(0),
    });
  });

  it.each([
    ['without a header', (writer: MessageWriter) => writer.data(10, [1])],
    ['with a short header', (writer: MessageWriter) => writer.data(1, [0, 0, 0, 1])],
    ['with a short interface', (writer: MessageWriter) => writer.u16(5, 1)],
  ])('%s is refused', (_, build) => {
    const message = packetMessage(build);
    expect(() => decodePacket(message, new AttributeCursor(), emptyPacket())).toThrow(NetlinkDecodeError);
  });

  it('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
        const message = packetMessage((writer) => {
          const at = writer.reserve(bytes.length);
          writer.bytes.set(bytes, at);
        });
        try {
          decodePacket(message, new AttributeCursor(), emptyPacket());
        } catch (error) {
          if (!(error instanceof NetlinkDecodeError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
