import fc from 'fast-check';
import {
  beginNetfilter,
  MessageCursor,
  MessageWriter,
  NetlinkDecodeError,
  NFNL_SUBSYS_CTNETLINK,
  NFNL_SUBSYS_NFTABLES,
  netfilterType,
} from 'node-netlink';
import type { RulesetChange } from 'node-nftables';
import { describe, expect, it } from 'vitest';
import { ChangeDecoder } from '../../../src/node-nftables/src/changes/change-decoder.ts';

const INET = 1;

function decode(subsystem: number, type: number, write: (writer: MessageWriter) => void, family = INET) {
  const writer = new MessageWriter();
  beginNetfilter(writer, netfilterType(subsystem, type), 0, family);
  write(writer);
  writer.end();
  const message = new MessageCursor().load(writer.view, writer.length);
  message.next();
  return new ChangeDecoder().decode(message);
}

/** Table and name attributes, as most messages have them. */
const names = (nameAttribute: number) => (writer: MessageWriter) => {
  writer.string(1, 'table');
  writer.string(nameAttribute, 'thing');
};

describe('announcements', () => {
  const place = { portId: 0, family: 'inet', table: 'table' } as const;
  const cases: [number, number, Partial<RulesetChange>][] = [
    [0, 9, { kind: 'table', action: 'new', ...place }],
    [2, 9, { kind: 'table', action: 'delete', ...place }],
    [3, 3, { kind: 'chain', action: 'new', ...place, name: 'thing' }],
    [5, 3, { kind: 'chain', action: 'delete', ...place, name: 'thing' }],
    [6, 2, { kind: 'rule', action: 'new', ...place, chain: 'thing', handle: 0n }],
    [8, 2, { kind: 'rule', action: 'delete', ...place, chain: 'thing', handle: 0n }],
    [9, 2, { kind: 'set', action: 'new', ...place, name: 'thing' }],
    [11, 2, { kind: 'set', action: 'delete', ...place, name: 'thing' }],
    [12, 2, { kind: 'element', action: 'new', ...place, set: 'thing', elements: [] }],
    [14, 2, { kind: 'element', action: 'delete', ...place, set: 'thing', elements: [] }],
    [18, 2, { kind: 'object', action: 'new', ...place, name: 'thing' }],
    [20, 2, { kind: 'object', action: 'delete', ...place, name: 'thing' }],
    [22, 2, { kind: 'flowtable', action: 'new', ...place, name: 'thing' }],
    [24, 2, { kind: 'flowtable', action: 'delete', ...place, name: 'thing' }],
  ];
  it.each(cases)('of type %i', (type, nameAttribute, change) => {
    expect(decode(NFNL_SUBSYS_NFTABLES, type, names(nameAttribute))).toEqual(change);
  });

  it('of a generation tell the process', () => {
    const change = decode(
      NFNL_SUBSYS_NFTABLES,
      15,
      (writer) => {
        writer.networkU32(1, 42);
        writer.networkU32(2, 815);
        writer.string(3, 'nft');
      },
      0,
    );
    expect(change).toEqual({
      kind: 'generation',
      action: 'new',
      portId: 0,
      id: 42,
      processId: 815,
      processName: 'nft',
    });
  });

  it('of other subsystems, types and families are passed over', () => {
    expect(decode(NFNL_SUBSYS_CTNETLINK, 0, names(3))).toBeUndefined();
    expect(decode(NFNL_SUBSYS_NFTABLES, 17, names(3))).toBeUndefined();
    expect(decode(NFNL_SUBSYS_NFTABLES, 0, names(3), 99)).toBeUndefined();
  });

  it('out of any bytes throw nothing but a decode error', () => {
    const types = fc.integer({ min: 0, max: 26 });
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 200 }), (type, bytes) => {
        const datagram = new Uint8Array(20 + bytes.length);
        const view = new DataView(datagram.buffer);
        view.setUint32(0, datagram.length, true);
        view.setUint16(4, netfilterType(NFNL_SUBSYS_NFTABLES, type), true);
        datagram[16] = INET;
        datagram.set(bytes, 20);
        const message = new MessageCursor().load(view);
        message.next();
        try {
          new ChangeDecoder().decode(message);
        } catch (error) {
          expect(error).toBeInstanceOf(NetlinkDecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
