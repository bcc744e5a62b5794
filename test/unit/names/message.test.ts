import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { follow, withoutPrefixes } from '../../../src/names/dns/chain.ts';
import { readAnswer, readQuery } from '../../../src/names/dns/message.ts';
import { readServiceBinding } from '../../../src/names/dns/service-binding.ts';
import { answer, labels, parameter, query, record } from './dns-bytes.ts';

const ASKED = { name: 'mirror.example.org', type: 'A' };

/** Addresses and ttls that an answer teaches of what was asked; undefined when it teaches nothing. */
function taught(message: Uint8Array): string[] | undefined {
  const read = readAnswer(message);
  return read && follow(read)?.addresses.map(({ address, ttl }) => `${formatAddress(address)} ${ttl}`);
}

describe('a query', () => {
  it('is read with its name in lower case', () => {
    expect(readQuery(query(7, { name: 'MiRRor.Example.ORG', type: 'AAAA' }))).toEqual({
      id: 7,
      name: 'mirror.example.org',
      type: 'AAAA',
    });
  });

  it.each([
    ['an answer', answer(1, ASKED, [])],
    ['nothing', new Uint8Array(0)],
    ['half a header', query(1, ASKED).slice(0, 11)],
    ['no question', Uint8Array.from([0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['two questions', Uint8Array.from([0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1])],
    ['an update (opcode 5)', withByte(query(1, ASKED), 2, 0x29)],
  ])('is not made of %s', (_, message) => {
    expect(readQuery(message)).toBeUndefined();
  });
});

function withByte(message: Uint8Array, at: number, value: number): Uint8Array {
  const changed = Uint8Array.from(message);
  changed[at] = value;
  return changed;
}

describe('an answer', () => {
  it('teaches addresses of both families', () => {
    const a = record('mirror.example.org', 'A', '192.0.2.1', 300);
    const aaaa = record('mirror.example.org', 'AAAA', '2001:db8::1', 60);
    expect(taught(answer(1, ASKED, [a, aaaa]))).toEqual(['192.0.2.1 300', '2001:db8::1 60']);
  });

  it('is read past records of other types, whatever they hold, and past additional records', () => {
    const strange = record('mirror.example.org', 'UNKNOWN_16', Buffer.from([200, 1]));
    const signature = record('mirror.example.org', 'UNKNOWN_46', Buffer.alloc(3));
    const a = record('mirror.example.org', 'A', '192.0.2.1');
    const edns = { name: '.', type: 'OPT', udpPayloadSize: 1232, flags: 0, options: [] };
    const message = answer(1, ASKED, [strange, signature, a], { additionals: [edns as never] });
    expect(taught(message)).toEqual(['192.0.2.1 60']);
  });

  it('says when it is truncated, and its error', () => {
    expect(readAnswer(withByte(answer(1, ASKED, []), 2, 0x83))).toMatchObject({ truncated: true, rcode: 0 });
    expect(readAnswer(withByte(answer(1, ASKED, []), 3, 0x83))).toMatchObject({ rcode: 3 });
  });

  it('with a ttl past 31 bits has none', () => {
    expect(taught(answer(1, ASKED, [record('mirror.example.org', 'A', '192.0.2.1', 2 ** 32 - 1)]))).toEqual([
      '192.0.2.1 0',
    ]);
  });

  const a = answer(1, ASKED, [record('mirror.example.org', 'A', '192.0.2.1')]);
  const cname = answer(1, ASKED, [record('mirror.example.org', 'CNAME', 'b.example')]);
  it.each([
    ['cut anywhere', a.slice(0, -1)],
    ['with more answers than it holds', withByte(a, 7, 9)],
    ['with a pointer to itself', withPointer(a, 36, 36)],
    ['with a pointer ahead', withPointer(a, 36, 40)],
    ['with an address of the wrong length', withByte(a, a.length - 5, 3)],
    ['with an alias that ends before its data', withByte(cname, cname.length - 1, 1)],
    ['with a label of a reserved kind', withByte(a, 12, 0x80)],
    ['with a dot inside a label', withByte(a, 14, 0x2e)],
    ['with a byte that is no ASCII', withByte(a, 14, 0xe9)],
    ['of another class', withByte(a, 35, 3)],
  ])('%s changes nothing', (_, message) => {
    expect(readAnswer(message)).toBeUndefined();
  });

  it('whose names are pointers upon pointers costs little and changes nothing', () => {
    // 16,000 pointers, each to the one before, and answers that begin at the last of them.
    const chain = [...labels('mirror.example.org'), 0, 1, 0, 1, 0, ...[0, 16, 0, 1, 0, 0, 0, 0, 0x7d, 0x00]];
    const first = 12 + chain.length;
    for (let i = 0; i < 16_000; i++) chain.push(0xc0 | (at(i) >> 8), at(i) & 255);
    function at(i: number) {
      return i === 0 ? 12 : first + 2 * (i - 1);
    }
    const last = first + 2 * 7_000;
    const bomb = Array.from({ length: 2_000 }, () => [
      ...[0xc0 | (last >> 8), last & 255, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],
    ]).flat();
    const header = [0, 1, 0x81, 0x80, 0, 1, 2_001 >> 8, 2_001 & 255, 0, 0, 0, 0];
    const message = Uint8Array.from([...header, ...chain, ...bomb]);
    expect(message.length).toBeLessThan(65_536);
    expect(readAnswer(message)).toBeUndefined();
  });

  it('of thousands of addresses is taken whole', () => {
    const many = Array.from({ length: 4_000 }, (_, i) =>
      record('mirror.example.org', 'A', `198.18.${i >> 8}.${i & 255}`),
    );
    const compressed = compress(answer(1, ASKED, []), many.length);
    expect(taught(compressed)).toHaveLength(4_000);
  });

  /** Answers whose owner is a pointer to the question, as servers write them. */
  function compress(head: Uint8Array, count: number): Uint8Array {
    const body = Array.from({ length: count }, (_, i) => [
      ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 18, i >> 8, i & 255],
    ]).flat();
    const message = Uint8Array.from([...head, ...body]);
    return withByte(withByte(message, 6, count >> 8), 7, count & 255);
  }

  it('is never read wrongly: any bytes give an answer or nothing', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(bytes, (tail) => {
        const header = Uint8Array.from([0, 1, 0x81, 0x80, 0, 1, 0, tail.length & 7, 0, 0, 0, 0]);
        readAnswer(Uint8Array.from([...header, ...tail]));
        readAnswer(tail);
        readQuery(tail);
        readServiceBinding(tail);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is damaged in one byte teaches at most what its bytes say, and never of another name', () => {
    const whole = answer(1, ASKED, [
      record('mirror.example.org', 'CNAME', 'cdn.example'),
      record('cdn.example', 'A', '192.0.2.1'),
    ]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const read = readAnswer(withByte(whole, at, value));
        if (read === undefined) return;
        const found = follow(read);
        expect(found === undefined || found.name === read.name).toBe(true);
        expect(found?.addresses.length ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });
});

function withPointer(message: Uint8Array, at: number, target: number): Uint8Array {
  return withByte(withByte(message, at, 0xc0 | (target >> 8)), at + 1, target & 255);
}

describe('aliases', () => {
  const to = (from: string, target: string, ttl = 60) => record(from, 'CNAME', target, ttl);
  const at = (name: string, address: string, ttl = 60) => record(name, 'A', address, ttl);
  const asked = 'mirror.example.org';

  it.each([
    ['are followed', [to(asked, 'a.x'), to('a.x', 'b.x'), at('b.x', '192.0.2.1')], ['192.0.2.1 60']],
    [
      'are followed in any order',
      [at('b.x', '192.0.2.1'), to('a.x', 'b.x'), to(asked, 'a.x')],
      ['192.0.2.1 60'],
    ],
    ['hold as long as the shortest', [to(asked, 'a.x', 5), at('a.x', '192.0.2.1', 900)], ['192.0.2.1 5']],
    ['are followed from the asked name only', [to('other.x', 'a.x'), at('a.x', '192.0.2.1')], []],
    ['do not lend addresses of names that nobody asked for', [at('other.x', '192.0.2.1')], []],
    ['written twice are one', [to(asked, 'a.x'), to(asked, 'a.x'), at('a.x', '192.0.2.1')], ['192.0.2.1 60']],
    [
      'to two names make the answer worthless',
      [to(asked, 'a.x'), to(asked, 'b.x'), at('a.x', '192.0.2.1')],
      undefined,
    ],
    [
      'in a circle make it worthless',
      [to(asked, 'a.x'), to('a.x', asked), at(asked, '192.0.2.1')],
      undefined,
    ],
  ])('%s', (_, records, expected) => {
    expect(taught(answer(1, ASKED, records))).toEqual(expected);
  });

  it('of more than sixteen steps make it worthless', () => {
    const steps = Array.from({ length: 17 }, (_, i) => to(i === 0 ? asked : `n${i}.x`, `n${i + 1}.x`));
    expect(taught(answer(1, ASKED, [...steps, at('n17.x', '192.0.2.1')]))).toBeUndefined();
    const fewer = [...steps.slice(0, 15), to('n15.x', 'end.x'), at('end.x', '192.0.2.1')];
    expect(taught(answer(1, ASKED, fewer))).toEqual(['192.0.2.1 60']);
  });
});

describe('service records', () => {
  const hints = [
    ...parameter(1, [2, 0x68, 0x32]),
    ...parameter(4, [192, 0, 2, 1, 192, 0, 2, 2]),
    ...parameter(6, [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 9]),
  ];
  const shown = (data: number[]) => {
    const found = readServiceBinding(Uint8Array.from(data));
    return found && { target: found.target, hints: found.hints.map(formatAddress) };
  };

  it('carry hints of both families', () => {
    expect(shown([0, 1, 0, ...hints])).toEqual({
      target: undefined,
      hints: ['192.0.2.1', '192.0.2.2', '2001:db8::9'],
    });
  });

  it('name a target, as a service or as an alias', () => {
    expect(shown([0, 1, ...labels('Svc.example'), ...hints])?.target).toBe('svc.example');
    expect(shown([0, 0, ...labels('svc.example')])).toEqual({ target: 'svc.example', hints: [] });
  });

  it.each([
    ['too short', [0, 1]],
    ['with an endless target', [0, 1, 3, 97, 97]],
    ['with a dot in a label', [0, 1, 3, 97, 46, 97, 0]],
    ['with keys out of order', [0, 1, 0, ...parameter(6, Array(16).fill(1)), ...parameter(4, [1, 2, 3, 4])]],
    ['with the same key twice', [0, 1, 0, ...parameter(4, [1, 2, 3, 4]), ...parameter(4, [1, 2, 3, 4])]],
    ['with half an address', [0, 1, 0, ...parameter(4, [1, 2, 3])]],
    ['with no address where one must be', [0, 1, 0, ...parameter(4, [])]],
    ['with a value past the end', [0, 1, 0, 0, 4, 0, 9, 1]],
  ])('%s say nothing', (_, data) => {
    expect(shown(data)).toBeUndefined();
  });

  it('are read from an answer as it is on the wire', () => {
    const https = { name: 'mirror.example.org', type: 'UNKNOWN_65' };
    const read = readAnswer(
      answer(1, https, [
        record('mirror.example.org', 'UNKNOWN_65', Buffer.from([0, 1, ...labels('svc.example'), ...hints])),
      ]),
    );
    const found = read && follow(read);
    expect(found?.addresses.map(({ address }) => formatAddress(address))).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::9',
    ]);
    expect(found?.targets).toEqual([{ name: 'svc.example', ttl: 60 }]);
  });

  it('are asked for with prefixes for other ports', () => {
    expect(withoutPrefixes('_8443._https.mirror.example.org')).toBe('mirror.example.org');
    expect(withoutPrefixes('mirror._x.example.org')).toBe('mirror._x.example.org');
  });
});
