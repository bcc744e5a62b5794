import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { TCP } from '../../../src/names/packet.ts';
import { Conversations } from '../../../src/names/tcp/conversations.ts';
import { MessageStream } from '../../../src/names/tcp/message-stream.ts';

function framed(...messages: number[][]): Uint8Array {
  return Uint8Array.from(messages.flatMap((bytes) => [bytes.length >> 8, bytes.length & 255, ...bytes]));
}

const shown = (messages: Uint8Array[]) => messages.map((bytes) => [...bytes]);

describe('a stream', () => {
  it('gives messages as the segment comes that completes them, across the end of the sequence numbers', () => {
    const stream = new MessageStream(0xfffffffe);
    expect(shown(stream.take(0xfffffffe, Uint8Array.from([0, 3, 1])))).toEqual([]);
    expect(shown(stream.take(1, Uint8Array.from([2, 3, 0, 1])))).toEqual([[1, 2, 3]]);
    expect(shown(stream.take(5, Uint8Array.from([9, 0])))).toEqual([[9]]);
  });

  it('keeps nothing of the buffer that a segment lay in', () => {
    const stream = new MessageStream(0);
    const buffer = Uint8Array.from([0, 2, 7]);
    stream.take(0, buffer);
    buffer.fill(0);
    expect(shown(stream.take(3, Uint8Array.from([8])))).toEqual([[7, 8]]);
  });

  it('gives the same messages however they are cut, repeated and shuffled', () => {
    const message = fc.array(fc.nat(255), { maxLength: 40, size: 'max' });
    const cuts = fc.array(fc.nat(400), { maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        cuts,
        fc.nat(0xffffffff),
        fc.nat(),
        (sent, at, first, seed) => {
          const bytes = framed(...sent);
          const places = [...new Set([0, ...at.filter((place) => place < bytes.length), bytes.length])].sort(
            (x, y) => x - y,
          );
          const pieces = places
            .slice(0, -1)
            .map((from, i) => ({ from, to: Math.min(bytes.length, places[i + 1] + (seed % 3)) }));
          const order = [...pieces, ...pieces.slice(0, seed % 4)].sort(
            (x, y) => ((x.from * seed) % 13) - ((y.from * seed) % 13),
          );
          const stream = new MessageStream(first);
          const got = order.flatMap(({ from, to }) =>
            stream.take((first + from) >>> 0, bytes.subarray(from, to)).map((found) => [...found]),
          );
          expect(got).toEqual(sent);
        },
      ),
    );
  });

  it('that leaves a gap and goes on without end is given up', () => {
    const stream = new MessageStream(0);
    for (let i = 0; i < 300; i++) stream.take(10 + i * 1_000, new Uint8Array(1_000));
    expect(stream.lost).toBe(true);
    expect(stream.take(0, framed([1]))).toEqual([]);
  });
});

describe('conversations', () => {
  const SYN = 2;
  const RST = 4;
  const exchange = (clientPort: number, client = '10.1.0.10') => ({
    client: parseAddress(client),
    clientPort,
    resolver: parseAddress('10.0.0.53'),
  });
  const segment = (sequence: number, flags: number, data: Uint8Array = new Uint8Array(0)) => ({
    ...{ source: parseAddress('10.1.0.10'), destination: parseAddress('10.0.0.53') },
    ...({ protocol: TCP, sourcePort: 0, destinationPort: 0, sequence, flags, data } as const),
  });

  it('have a stream each way', () => {
    const all = new Conversations();
    const take = (side: 'query' | 'answer', sequence: number, flags: number, data?: Uint8Array) =>
      shown(all.take(exchange(1), side, segment(sequence, flags, data), 0));
    take('query', 100, SYN);
    take('answer', 900, SYN);
    expect(take('query', 101, 0, framed([1]))).toEqual([[1]]);
    expect(take('answer', 901, 0, framed([2], [3]))).toEqual([[2], [3]]);
  });

  it('take data with the SYN', () => {
    expect(shown(new Conversations().take(exchange(1), 'query', segment(100, SYN, framed([1])), 0))).toEqual([
      [1],
    ]);
  });

  it('are not followed when their beginning was not seen, nor after a reset', () => {
    const all = new Conversations();
    expect(all.take(exchange(1), 'query', segment(5, 0, framed([1])), 0)).toEqual([]);
    all.take(exchange(1), 'query', segment(100, SYN), 0);
    all.take(exchange(1), 'answer', segment(0, RST), 0);
    expect(all.take(exchange(1), 'query', segment(101, 0, framed([1])), 0)).toEqual([]);
    expect(all.size).toBe(0);
  });

  it('of one client push out only its own, and all are bounded', () => {
    const all = new Conversations();
    all.take(exchange(1, '10.1.0.11'), 'query', segment(0, SYN), 0);
    for (let port = 1; port <= 500; port++) all.take(exchange(port), 'query', segment(0, SYN), 0);
    expect(all.size).toBe(65);
    for (let i = 0; i < 4_000; i++)
      all.take(exchange(1, `10.2.${i >> 8}.${i & 255}`), 'query', segment(0, SYN), 0);
    expect(all.size).toBe(2_048);
    all.take(exchange(1, '10.9.0.1'), 'query', segment(0, SYN), 120_001);
    expect(all.size).toBe(1);
  });
});
