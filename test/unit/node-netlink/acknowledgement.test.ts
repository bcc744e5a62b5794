import fc from 'fast-check';
import {
  acknowledgedErrno,
  decodeFailure,
  errnoName,
  MessageCursor,
  MessageWriter,
  NetlinkDecodeError,
  NetlinkError,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
  type Received,
} from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { isAcknowledgement } from '../../../src/node-netlink/src/acknowledgement.ts';

/** An answer as the kernel writes it; `original` is the length in the request's header, null leaves the header out. */
function answer(type: number, flags: number, error: number, original: number | null, attributes: boolean) {
  const writer = new MessageWriter(4096, 6);
  writer.begin(type, flags);
  writer.view.setInt32(writer.reserve(4), error, true);
  if (original !== null) {
    const carried = flags & NLM_F_CAPPED ? 16 : original;
    writer.view.setUint32(writer.reserve(carried), original, true);
  }
  if (attributes) {
    writer.string(1, 'Unknown device type');
    writer.u32(2, 52);
  }
  writer.end();
  const cursor = new MessageCursor().load(writer.view, writer.length);
  cursor.next();
  return cursor;
}

describe('acknowledgements', () => {
  it.each([
    ['a request that is not carried back', NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, 40],
    ['a request carried back', NLMSG_ERROR, NLM_F_ACK_TLVS, 38],
    ['the end of a dump', NLMSG_DONE, NLM_F_ACK_TLVS, null],
  ])('give errno, words and offset behind %s', (_, type, flags, original) => {
    expect(decodeFailure(answer(type, flags, -95, original, true), 'add link')).toEqual({
      operation: 'add link',
      errno: 95,
      code: 'EOPNOTSUPP',
      extack: 'Unknown device type',
      offset: 52,
      sequence: 7,
    });
  });

  it('give the errno alone when the kernel has no words', () => {
    const failure = decodeFailure(answer(NLMSG_ERROR, NLM_F_CAPPED, -2, 20, false), 'get table');
    expect(failure).toEqual({ operation: 'get table', errno: 2, code: 'ENOENT', sequence: 7 });
    expect(new NetlinkError(failure).message).toBe('get table: ENOENT');
  });

  it('are a success when the error is 0, or a length that old kernels put there', () => {
    expect(acknowledgedErrno(answer(NLMSG_ERROR, 0, 0, 16, false))).toBe(0);
    expect(acknowledgedErrno(answer(NLMSG_DONE, 0, 12, null, false))).toBe(0);
  });

  it('throw nothing but NetlinkDecodeError on random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(NLMSG_ERROR, NLMSG_DONE),
        (bytes, type) => {
          const writer = new MessageWriter();
          writer.begin(type, NLM_F_ACK_TLVS);
          const start = writer.reserve(bytes.length);
          writer.bytes.set(bytes, start);
          writer.end();
          const cursor = new MessageCursor().load(writer.view, writer.length);
          cursor.next();
          try {
            decodeFailure(cursor, 'x');
          } catch (error) {
            expect(error).toBeInstanceOf(NetlinkDecodeError);
          }
        },
      ),
    );
  });
});

describe('the acknowledgement of one request', () => {
  const plain = answer(NLMSG_ERROR, NLM_F_CAPPED, 0, 20, false);
  const length = plain.end;

  it('is a datagram of its own', () => {
    expect(isAcknowledgement(plain.view, length, 7)).toBe(true);
  });

  it.each<[string, MessageCursor, Received, number]>([
    ['of another request', plain, length, 8],
    ['before other messages', plain, length + 20, 7],
    ['that is cut short', plain, length - 20, 7],
    ['that was there before', plain, 'empty', 7],
    ['that was lost', plain, 'overrun', 7],
    ['of a refusal', answer(NLMSG_ERROR, NLM_F_CAPPED, -17, 20, false), length, 7],
    ['that ends a dump', answer(NLMSG_DONE, 0, 0, 20, false), length, 7],
  ])('is none %s', (_, { view }, received, sequence) => {
    expect(isAcknowledgement(view, received, sequence)).toBe(false);
  });
});

describe('errnoName', () => {
  it.each([
    [2, 'ENOENT'],
    [11, 'EAGAIN'],
    [95, 'EOPNOTSUPP'],
    [105, 'ENOBUFS'],
    [524, 'E524'],
  ])('names %i %s', (errno, name) => expect(errnoName(errno)).toBe(name));
});
