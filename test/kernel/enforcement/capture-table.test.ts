/** Table `inet penstock_capture` in the kernel: what it tells of a host and its peer, and when it is silent. */
import { Nftables } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { PacketCapture } from '../../../src/daemon/evidence/packet-capture.ts';
import { CAPTURE_GROUP, CaptureTable } from '../../../src/enforcement/capture/capture-table.ts';
import { EnforcementError } from '../../../src/enforcement/errors.ts';
import { NflogSocket } from '../../../src/nflog/socket.ts';
import { evidenceField } from '../../../src/policy/schema/evidence.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { until } from '../../network/waiting.ts';

const LIMITS = evidenceField.parse({ packets: { enabled: true, snaplen: 64 } }).packets;
/** Both ends are this machine's: what goes out comes in again by loopback. */
const ENDS = { 4: ['192.0.2.1', '192.0.2.2'], 6: ['2001:db8::1', '2001:db8::2'] } as const;

let namespace: ThreadNamespace;
let nft: Nftables;
let table: CaptureTable;

beforeEach(() => {
  namespace = new ThreadNamespace();
  namespace.run('ip', 'link', 'set', 'lo', 'up');
  for (const address of Object.values(ENDS).flat())
    namespace.run('ip', 'address', 'add', `${address}/${address.includes(':') ? 128 : 32}`, 'dev', 'lo');
  nft = Nftables.open();
  table = new CaptureTable(nft);
});

afterEach(() => {
  nft.close();
  namespace[Symbol.dispose]();
});

const isThere = () => nft.listTables('inet').some(({ name }) => name === 'penstock_capture');

function openCapture(): PacketCapture {
  return new PacketCapture({
    table,
    openLog: (copyBytes) => NflogSocket.open({ group: CAPTURE_GROUP, copyBytes }),
  });
}

describe.each([4, 6] as const)('IPv%i', (family) => {
  const [host, other] = ENDS[family];
  const ping = (from: string, to: string) => namespace.run('ping', '-c', '2', '-i', '0.05', '-I', from, to);

  test('tells what a host and its peer say to each other, and nothing else', async () => {
    using capture = openCapture();
    expect(
      capture.arm({ incident: 'I1', host, others: [other], limits: LIMITS, forMs: 60_000 }),
    ).toBeUndefined();
    ping(other, other);
    ping(host, other);
    // Each request and answer goes out and comes in.
    await until('the packets', () => capture.counts.packets === 8);
    const { packets, missed } = capture.take('I1');
    expect([packets.length, missed]).toEqual([8, 0]);
    for (const { data, originalBytes } of packets) {
      expect(data[0] >>> 4).toBe(family);
      expect([data.length, originalBytes]).toEqual([64, family === 4 ? 84 : 104]);
    }
    expect(isThere()).toBe(false);
  });

  test('tells all of a host where there is no one peer', async () => {
    using capture = openCapture();
    capture.arm({ incident: 'I1', host, others: [], limits: LIMITS, forMs: 60_000 });
    ping(host, other);
    await until('the packets', () => capture.counts.packets === 8);
  });

  test('tells on after somebody flushed the ruleset and it was mended', async () => {
    using capture = openCapture();
    capture.arm({ incident: 'I1', host, others: [other], limits: LIMITS, forMs: 60_000 });
    namespace.run('nft', 'flush', 'ruleset');
    expect(capture.mend()).toBe('mended');
    ping(host, other);
    await until('the packets', () => capture.counts.packets === 8);
  });

  test('falls silent by itself, and when it is told to', () => {
    const pair = { host: parseAddress(host), other: parseAddress(other) };
    table.install();
    table.arm([pair], 500);
    expect(namespace.run('nft', 'list', 'table', 'inet', 'penstock_capture')).toContain('timeout 1s');
    table.disarm([pair]);
    table.disarm([pair]);
    expect(namespace.run('nft', 'list', 'table', 'inet', 'penstock_capture')).not.toContain('timeout 1s');
    table.remove();
    table.remove();
    expect(isThere()).toBe(false);
    expect(() => table.arm([pair], 500)).toThrow(EnforcementError);
  });
});
