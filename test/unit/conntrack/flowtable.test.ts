import fc from 'fast-check';
import {
  beginNetfilter,
  MessageCursor,
  MessageWriter,
  NFNL_SUBSYS_NFTABLES,
  netfilterType,
} from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { ConntrackDecodeError } from '../../../src/conntrack/errors.ts';
import { decodeFlowtable } from '../../../src/conntrack/flowtable.ts';
import { Offload } from '../../../src/engine/offload.ts';

const NFT_MSG_NEWFLOWTABLE = 22;

function message(family: number, names: readonly (readonly [number, string])[]): MessageCursor {
  const writer = new MessageWriter();
  beginNetfilter(writer, netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWFLOWTABLE), 0, family);
  for (const [type, name] of names) writer.string(type, name);
  writer.end();
  const cursor = new MessageCursor().load(writer.view, writer.length);
  cursor.next();
  return cursor;
}

describe('flowtables', () => {
  it.each([
    [1, 'inet filter/fast'],
    [2, 'ip filter/fast'],
    [10, 'ip6 filter/fast'],
    [5, 'family 5 filter/fast'],
  ])('of family %i are named', (family, name) => {
    const attributes = [
      [1, 'filter'],
      [2, 'fast'],
    ] as const;
    expect(decodeFlowtable(message(family, attributes))).toBe(name);
  });

  it('without a name are refused', () => {
    expect(() => decodeFlowtable(message(1, [[1, 'filter']]))).toThrow(ConntrackDecodeError);
  });

  it('are decoded or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 100, size: 'max' }), (bytes) => {
        const cursor = new MessageCursor();
        Object.assign(cursor, { view: new DataView(bytes.buffer), start: 0, end: bytes.length });
        try {
          decodeFlowtable(cursor);
        } catch (error) {
          expect(error).toBeInstanceOf(ConntrackDecodeError);
        }
      }),
    );
  });
});

describe('what is told of them', () => {
  it('is nothing when there are none', () => expect(new Offload(() => []).gaps).toEqual([]));

  it('names them', () => {
    expect(new Offload(() => ['inet filter/fast', 'ip nat/slow']).gaps).toEqual([
      expect.stringContaining('inet filter/fast, ip nat/slow'),
    ]);
  });

  it('is that they are not known when they cannot be listed', () => {
    const refusing = () => {
      throw new ConntrackDecodeError('a flowtable without a name');
    };
    expect(new Offload(refusing).gaps).toEqual([expect.stringContaining('is not known')]);
  });
});
