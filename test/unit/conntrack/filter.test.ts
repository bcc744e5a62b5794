import { AttributeCursor, MessageCursor, MessageWriter } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { type DumpFilter, matchesFilter, writeDump } from '../../../src/conntrack/filter.ts';
import { IPS_ASSURED, IPS_SEEN_REPLY } from '../../../src/conntrack/status.ts';
import { decodeFrame } from './frame.ts';

const client = parseAddress('192.0.2.1');
const server = parseAddress('198.51.100.1');
const client6 = parseAddress('2001:db8::1');

describe('matchesFilter', () => {
  const nat = decodeFrame('nat-dump');
  it.each<[string, DumpFilter, boolean]>([
    ['no criterion', {}, true],
    ['its family', { family: 4 }, true],
    ['the other family', { family: 6 }, false],
    ['its original source', { original: { source: client } }, true],
    ['its original destination and protocol', { original: { destination: server, protocol: 6 } }, true],
    ['another protocol', { original: { destination: server, protocol: 17 } }, false],
    [
      'a source of the other family with the same words',
      { original: { source: { ...client, family: 6 } } },
      false,
    ],
    ['where it really goes', { reply: { source: parseAddress('192.0.2.2') } }, true],
    ['the original destination as reply source', { reply: { source: server } }, false],
    ['its zone', { zone: 0 }, true],
    ['another zone', { zone: 7 }, false],
    [
      'status bits it has',
      { status: { value: IPS_SEEN_REPLY | IPS_ASSURED, mask: IPS_SEEN_REPLY | IPS_ASSURED } },
      true,
    ],
    ['a status bit that must be off', { status: { value: 0, mask: IPS_SEEN_REPLY } }, false],
    ['any status', { status: { value: 0, mask: 0 } }, true],
    ['its mark', { mark: { value: 0, mask: 0xffffffff } }, true],
    ['one criterion of two', { family: 4, zone: 7 }, false],
  ])('%s', (_, filter, expected) => expect(matchesFilter(filter, nat)).toBe(expected));

  it('compares marks with the high bit set', () => {
    const marked = decodeFrame('mark-labels-dump');
    expect(matchesFilter({ mark: { value: 0xdeadbeef, mask: 0xffffffff } }, marked)).toBe(true);
    expect(matchesFilter({ mark: { value: 0xde000000, mask: 0xff000000 } }, marked)).toBe(true);
    expect(matchesFilter({ mark: { value: 0x5e000000, mask: 0xff000000 } }, marked)).toBe(false);
  });
});

/** The family and the attribute types of the request for this dump. */
function request(filter: DumpFilter): { family: number; types: number[] } {
  const writer = new MessageWriter();
  writeDump(writer, filter);
  const message = new MessageCursor().load(writer.view, writer.length);
  expect(message.next()).toBe(true);
  const attributes = new AttributeCursor().enter(message.view, message.start + 4, message.end);
  const types: number[] = [];
  while (attributes.next()) types.push(attributes.type);
  return { family: writer.view.getUint8(message.start), types };
}

describe('the dump request', () => {
  it.each<[string, DumpFilter, number, number[]]>([
    ['asks for all without criteria', {}, 0, []],
    ['names the family', { family: 6 }, 10, []],
    ['narrows by mark', { mark: { value: 1, mask: 1 } }, 0, [8, 21]],
    ['narrows by status', { status: { value: 0, mask: 2 } }, 0, [3, 26]],
    ['leaves out a status mask that the kernel refuses', { status: { value: 0, mask: 0 } }, 0, []],
    ['narrows by zone', { zone: 7 }, 0, [18]],
    ['narrows by original IPv4 address', { original: { source: client } }, 2, [25, 1]],
    ['does not narrow by IPv6 address', { original: { source: client6 } }, 10, []],
    ['does not narrow by reply', { reply: { source: client } }, 2, []],
    ['does not mix families', { family: 6, original: { source: client } }, 10, []],
    ['does not narrow by protocol alone', { original: { protocol: 6 } }, 0, []],
  ])('%s', (_, filter, family, types) => expect(request(filter)).toEqual({ family, types }));
});
