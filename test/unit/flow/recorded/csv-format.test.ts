import { describe, expect, it } from 'vitest';
import { line, readText, refusal } from './recording.ts';

/** `nfdump -o csv` 1.7.1 of a small capture, without its last columns but one. */
const NFDUMP = `ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,tr
2023-11-14 22:13:21,2023-11-14 22:13:21,0.000,10.1.0.10,192.0.2.53,40000,53,UDP,........,0,0,1,58,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:21,2023-11-14 22:13:21,0.000,192.0.2.53,10.1.0.10,53,40000,UDP,........,0,0,1,118,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:23,2023-11-14 22:13:23,0.000,10.1.0.10,203.0.113.9,0,2048,ICMP,........,0,0,1,84,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:23,2023-11-14 22:13:23,0.000,203.0.113.9,10.1.0.10,0,0,ICMP,........,0,0,1,84,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:26,2023-11-14 22:13:26,0.000,2001:db8::10,2001:db8:1::53,40001,53,UDP,........,0,0,1,88,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:26,2023-11-14 22:13:26,0.000,2001:db8:1::53,2001:db8::10,53,40001,UDP,........,0,0,1,148,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:27,2023-11-14 22:13:27,0.000,198.51.100.7,10.1.0.10,0,771,ICMP,........,0,0,1,84,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:22,2023-11-14 22:13:22,0.000,198.51.100.7,10.1.0.10,23,50001,TCP,...A.R..,0,0,1,40,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:20,2023-11-14 22:13:20,0.500,203.0.113.9,10.1.0.10,443,50000,TCP,...AP.SF,0,0,3,1524,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:22,2023-11-14 22:13:22,0.000,10.1.0.10,198.51.100.7,50001,23,TCP,......S.,0,0,1,44,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:24,2023-11-14 22:13:25,1.000,10.1.0.10,198.51.100.7,50002,8080,TCP,......S.,0,0,2,88,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:20,2023-11-14 22:13:20,0.521,10.1.0.10,203.0.113.9,50000,443,TCP,...AP.SF,0,0,5,704,0,0,0,0,0,0,2026-11-24 14:03:42.742
2023-11-14 22:13:28,2023-11-14 22:13:28,0.000,10.1.0.11,224.0.0.1,0,0,IGMP,........,0,0,1,28,0,0,0,0,0,0,2026-11-24 14:03:42.742
Summary
flows,bytes,packets,avg_bps,avg_pps,avg_bpp
13,3092,20,3092,2,154
`;

/** What the capture held. */
const CAPTURE = [
  '1700000000000+521 6 10.1.0.10 50000 > 203.0.113.9 443 704/5 1524/3 answered',
  '1700000001000+0 17 10.1.0.10 40000 > 192.0.2.53 53 58/1 118/1 answered',
  '1700000002000+0 6 10.1.0.10 50001 > 198.51.100.7 23 44/1 40/1 refused',
  '1700000003000+0 1 10.1.0.10 0 > 203.0.113.9 0 icmp 8/0 84/1 84/1 answered',
  '1700000004000+1000 6 10.1.0.10 50002 > 198.51.100.7 8080 88/2 0/0 unanswered',
  '1700000006000+0 17 2001:db8::10 40001 > 2001:db8:1::53 53 88/1 148/1 answered',
  '1700000007000+0 1 198.51.100.7 0 > 10.1.0.10 0 icmp 3/3 84/1 0/0 unanswered',
  '1700000008000+0 2 10.1.0.11 0 > 224.0.0.1 0 28/1 0/0 unanswered',
];

const lines = async (text: string) => (await readText(text)).map(line);

describe('nfdump', () => {
  it('of one direction: both are joined, and ports tell who began in a second', async () => {
    expect(await lines(NFDUMP)).toEqual(CAPTURE);
  });

  it('of both directions (-b), in which a server may stand first', async () => {
    const text = `ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt,opkt,obyt
2023-11-14 22:13:22,2023-11-14 22:13:22,0.030,198.51.100.7,10.1.0.10,23,50001,TCP,...A.R..,1,40,1,44
2023-11-14 22:13:20,2023-11-14 22:13:20,0.521,10.1.0.10,203.0.113.9,50000,443,TCP,...AP.SF,5,704,3,1524
`;
    expect(await lines(text)).toEqual([
      CAPTURE[0],
      '1700000002000+30 6 10.1.0.10 50001 > 198.51.100.7 23 44/1 40/1 refused',
    ]);
  });

  it('since 1.7.3, with numbers for protocols and ICMP as type.code', async () => {
    const text = `firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows
2023-11-14 22:13:20.000,0.521,6,10.1.0.10,50000,203.0.113.9,443,5,704,1
2023-11-14 22:13:20.020,0.500,6,203.0.113.9,443,10.1.0.10,50000,3,1524,1
2023-11-14 22:13:27.000,0.000,1,198.51.100.7,0,10.1.0.10,3.3,1,84,1
`;
    expect(await lines(text)).toEqual([CAPTURE[0], CAPTURE[6]]);
  });

  it('csv-fast, with times in milliseconds', async () => {
    const text = `cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes
1,2,1700000000000,1700000000521,6,10.1.0.10,50000,203.0.113.9,443,0,0,0,0,...AP.SF,0,5,704
2,2,1700000000020,1700000000520,6,203.0.113.9,443,10.1.0.10,50000,0,0,0,0,...AP.SF,0,3,1524
`;
    expect(await lines(text)).toEqual([CAPTURE[0]]);
  });
});

describe('IPFIX', () => {
  it('with the names of its elements, of both directions', async () => {
    const text = `flowStartMilliseconds,flowEndMilliseconds,protocolIdentifier,sourceIPv4Address,sourceIPv6Address,sourceTransportPort,destinationIPv4Address,destinationIPv6Address,destinationTransportPort,octetTotalCount,packetTotalCount,reverseOctetTotalCount,reversePacketTotalCount
1700000000000,1700000000521,6,10.1.0.10,,50000,203.0.113.9,,443,704,5,1524,3
1700000006000,1700000006000,17,,2001:db8::10,40001,,2001:db8:1::53,53,88,1,148,1
`;
    expect(await lines(text)).toEqual([CAPTURE[0], CAPTURE[5]]);
  });

  it('says who began: its source, also from a port of a service', async () => {
    const text = `flowStartMilliseconds,protocolIdentifier,sourceIPv4Address,sourceTransportPort,destinationIPv4Address,destinationTransportPort,octetTotalCount,packetTotalCount,reverseOctetTotalCount,reversePacketTotalCount
1700000000000,6,10.1.0.10,20,203.0.113.9,50000,704,5,1524,3
`;
    expect(await lines(text)).toEqual([
      '1700000000000+0 6 10.1.0.10 20 > 203.0.113.9 50000 704/5 1524/3 answered',
    ]);
  });

  it.each<[string, string, string]>([
    ['seconds', '1700000000,1700000001', '1700000000000+1000'],
    ['microseconds', '1700000000000500,1700000000001500', '1700000000000.5+1'],
    ['nanoseconds', '1700000000000000000,1700000000500000000', '1700000000000+500'],
  ])('with times in %s', async (unit, times, expected) => {
    const name = unit[0].toUpperCase() + unit.slice(1);
    const text = `flowStart${name},flowEnd${name},protocolIdentifier,sourceIPv4Address,destinationIPv4Address,octetDeltaCount,packetDeltaCount
${times},50,10.1.0.10,203.0.113.9,100,1
`;
    expect((await lines(text))[0]).toBe(`${expected} 50 10.1.0.10 0 > 203.0.113.9 0 100/1 0/0 unanswered`);
  });

  it('with ICMP in elements of its own, and deltas before totals', async () => {
    const text = `flowStartSeconds,protocolIdentifier,sourceIPv4Address,destinationIPv4Address,octetDeltaCount,octetTotalCount,packetDeltaCount,packetTotalCount,icmpTypeCodeIPv4,icmpTypeIPv4,icmpCodeIPv4
1700000000,1,10.1.0.10,203.0.113.9,84,840,1,10,771,,
1700000001,1,10.1.0.10,203.0.113.10,84,840,1,10,,11,1
`;
    expect(await lines(text)).toEqual([
      '1700000000000+0 1 10.1.0.10 0 > 203.0.113.9 0 icmp 3/3 84/1 0/0 unanswered',
      '1700000001000+0 1 10.1.0.10 0 > 203.0.113.10 0 icmp 11/1 84/1 0/0 unanswered',
    ]);
  });

  it('as yafscii prints it in columns', async () => {
    const text = `start-time             |end-time               |duration|rtt     |proto|sip            |sp   |dip            |dp   |iflags  |uflags  |riflags |ruflags |isn     |risn    |tag |rtag|pkt     |oct     |rpkt    |roct    |end-reason
2023-11-14 22:13:20.000|2023-11-14 22:13:20.521|   0.521|   0.020|    6|      10.1.0.10|50000|    203.0.113.9|  443|       S|   APF  |      AS|     APF|00000001|00000001|   0|   0|       5|     704|       3|    1524|
`;
    expect(await lines(text)).toEqual([CAPTURE[0]]);
  });
});

it('pmacct, a record for each packet', async () => {
  const text = `SRC_IP,DST_IP,SRC_PORT,DST_PORT,PROTOCOL,TIMESTAMP_START,TIMESTAMP_END,PACKETS,BYTES
10.1.0.10,198.51.100.7,50001,23,tcp,2023-11-14 22:13:22.000000,0000-00-00 00:00:00.000000,1,44
198.51.100.7,10.1.0.10,23,50001,tcp,2023-11-14 22:13:22.030000,0000-00-00 00:00:00.000000,1,40
10.1.0.10,203.0.113.9,0,0,icmp,2023-11-14 22:13:23.000000,0000-00-00 00:00:00.000000,1,84
203.0.113.9,10.1.0.10,0,0,icmp,2023-11-14 22:13:23.020000,0000-00-00 00:00:00.000000,1,84
10.1.0.10,198.51.100.7,50002,8080,tcp,2023-11-14 22:13:24.000000,0000-00-00 00:00:00.000000,1,44
10.1.0.10,198.51.100.7,50002,8080,tcp,2023-11-14 22:13:25.000000,0000-00-00 00:00:00.000000,1,44
`;
  expect(await lines(text)).toEqual([
    '1700000002000+30 6 10.1.0.10 50001 > 198.51.100.7 23 44/1 40/1 refused',
    '1700000003000+20 1 10.1.0.10 0 > 203.0.113.9 0 icmp 8/0 84/1 84/1 answered',
    CAPTURE[4],
  ]);
});

describe('CSV', () => {
  const HEADER = 'ts,td,pr,sa,sp,da,dp,ibyt,ipkt,label';
  const RECORD = '1700000000,0.5,tcp,10.1.0.10,50000,203.0.113.9,443,704,5,x';
  const csv = (...records: string[]) => `${[HEADER, RECORD, ...records].join('\n')}\n`;

  it('may be quoted, with other separators and line ends, and labelled', async () => {
    const text = [HEADER, '"1700000000","0.5","TCP",10.1.0.10, 50000 ,203.0.113.9,443,704,5,"Malicious"']
      .map((each) => each.replaceAll(',', ';'))
      .join('\r\n');
    expect(await lines(`\r\n${text}\r\n\r\n`)).toEqual([
      '1700000000000+500 6 10.1.0.10 50000 > 203.0.113.9 443 704/5 0/0 unanswered malicious',
    ]);
  });

  it('may have no records', async () => {
    expect(await lines(`${HEADER}\n`)).toEqual([]);
  });

  it.each<[string, string, number, RegExp]>([
    ['no header', `${RECORD}\n`, 1, /^no known recording: .* column for start$/],
    ['a header that lacks packets', `${HEADER.replace('ipkt', 'pax')}\n`, 1, /column for packetsOut$/],
    ['a record too short', csv('1700000000,0.5,tcp'), 3, /^3 columns$/],
    ['a record too long', csv(`${RECORD},more`), 3, /^11 columns$/],
    ['a port that is none', csv(RECORD.replace('443', 'https')), 3, /^dp is 'https'$/],
    ['a byte count in thousands', csv(RECORD.replace('704', '1.2 M')), 3, /^ibyt is '1.2 M'$/],
    ['no start', csv(RECORD.replace('1700000000', '')), 3, /^ts is missing$/],
    [
      'a start that is not set',
      csv(RECORD.replace('1700000000', '0000-00-00 00:00:00')),
      3,
      /^ts is missing$/,
    ],
    [
      'a quote that does not end',
      csv(`"${RECORD}`, RECORD),
      4,
      /^no well-formed CSV \(CSV_QUOTE_NOT_CLOSED\)$/,
    ],
    [
      'a quote in the middle',
      csv(RECORD.replace('tcp', 't"cp')),
      3,
      /^no well-formed CSV \(INVALID_OPENING_QUOTE\)$/,
    ],
    ['a cut last line', csv(RECORD).slice(0, -3), 3, /^9 columns$/],
    ['a cut last field', csv(RECORD).slice(0, -1), 3, /^the last line does not end with a newline$/],
  ])('is refused with %s', async (_, text, number, problem) => {
    const error = await refusal(text);
    expect(error.problem).toMatch(problem);
    expect(error).toMatchObject({ code: 'PENSTOCK_RECORDING_INVALID', line: number });
  });

  it('is refused with an end before its start', async () => {
    const text =
      'firstSeen,lastSeen,proto,srcAddr,dstAddr,packets,bytes\n1700000001,1700000000,6,10.1.0.1,10.1.0.2,1,40\n';
    const error = await refusal(text);
    expect(error.problem).toBe("lastSeen is '1700000000'");
    expect(error.expected).toBe('an end not before 1700000001');
  });

  it('is refused with a line without end', async () => {
    const error = await refusal(csv(`"${'x'.repeat(2 ** 21)}`));
    expect(error.problem).toBe('a line of more than 1048576 bytes');
  });
});
