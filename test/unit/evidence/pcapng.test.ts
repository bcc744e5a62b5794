import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaughtPacket, writePcapng } from '../../../src/evidence/pcapng.ts';

const FACTS = { application: 'Penstock 9.9.9', comment: 'I42: 10.1.0.10 and 198.51.100.60', snaplen: 64 };

/** IPv4 with a TCP SYN from 10.1.0.10:40000 to 198.51.100.60:443, checksums left out. */
const SYN = Buffer.from(
  '4500003c000040004006000a0a01000ac633643c9c4001bb0000000100000000a0027210000000000204',
  'hex',
);
/** IPv6 with a UDP datagram from fd00:1::10 port 5353 to 2001:db8:66::60 port 53. */
const DATAGRAM = Buffer.concat([
  Buffer.from('6000000000081140fd00000100000000000000000000001020010db8006600000000000000000060', 'hex'),
  Buffer.from('14e9003500080000', 'hex'),
]);

const PACKETS: CaughtPacket[] = [
  { atMs: Date.parse('2026-10-05T12:00:00.123Z') + 0.456, originalBytes: 60, data: SYN },
  { atMs: Date.parse('2026-10-05T12:00:01Z'), originalBytes: DATAGRAM.length, data: DATAGRAM },
];

describe('packets as pcapng', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-pcapng-'));
    writeFileSync(join(folder, 'packets.pcapng'), writePcapng(PACKETS, FACTS));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const tshark = (...args: string[]) =>
    execFileSync('tshark', ['-r', join(folder, 'packets.pcapng'), ...args], { encoding: 'utf8' })
      .trim()
      .split('\n');

  it('are what tshark reads, with addresses, ports, lengths and times to the microsecond', () => {
    const fields = [
      ...['frame.time_epoch', 'frame.len', 'frame.cap_len', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst'],
      ...['tcp.dstport', 'udp.dstport'],
    ];
    expect(tshark('-T', 'fields', ...fields.flatMap((field) => ['-e', field]))).toEqual([
      '1791201600.123456000\t60\t42\t10.1.0.10\t198.51.100.60\t\t\t443\t',
      '1791201601.000000000\t48\t48\t\t\tfd00:1::10\t2001:db8:66::60\t\t53',
    ]);
  });

  it('say what wrote them and why', () => {
    const told = execFileSync('capinfos', [join(folder, 'packets.pcapng')], { encoding: 'utf8' });
    expect(told).toContain('Penstock 9.9.9');
    expect(told).toContain('I42: 10.1.0.10 and 198.51.100.60');
    expect(told).toMatch(/Encapsulation = Raw IP/);
  });

  it('may be none', () => {
    writeFileSync(join(folder, 'none.pcapng'), writePcapng([], FACTS));
    const told = execFileSync('tshark', ['-r', join(folder, 'none.pcapng')], { encoding: 'utf8' });
    expect(told).toBe('');
  });
});
