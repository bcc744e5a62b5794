import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatAddress, parseAddress } from '../../../../src/address/address.ts';
import { PacketCapture } from '../../../../src/daemon/evidence/packet-capture.ts';
import type { CatchOrder } from '../../../../src/edges/evidence/packet-source.ts';
import type { CaughtPair } from '../../../../src/enforcement/capture/capture-table.ts';
import { EnforcementError } from '../../../../src/enforcement/errors.ts';
import { NflogKernelError } from '../../../../src/nflog/errors.ts';
import { emptyPacket, type LoggedPacket } from '../../../../src/nflog/packet.ts';
import { evidenceField } from '../../../../src/policy/schema/evidence.ts';

const HOST = '10.1.0.10';
const OTHER = '198.51.100.60';
const LIMITS = evidenceField.parse({ packets: { enabled: true, perIncident: 3, snaplen: 64 } }).packets;

function logged(from: string, to: string, length = 40): LoggedPacket {
  const view = new DataView(new ArrayBuffer(length));
  const [source, destination] = [{ ...parseAddress(from) }, { ...parseAddress(to) }];
  const bytes = { view, payloadStart: 0, payloadEnd: length, bytes: length };
  return { ...emptyPacket(), known: 'transport', source, destination, atMs: 5, ...bytes };
}

class FakeCapture {
  readonly told: string[] = [];
  readonly counters = { packets: 0, missed: 0, overruns: 0, undecodable: 0 };
  waiting: LoggedPacket[] = [];
  failure: Error | undefined;

  readonly kernel = {
    table: {
      install: () => this.#tell('install'),
      remove: () => this.#tell('remove'),
      arm: (pairs: readonly CaughtPair[], forMs: number) => this.#tell(`arm ${textOf(pairs)} ${forMs}`),
      disarm: (pairs: readonly CaughtPair[]) => this.#tell(`disarm ${textOf(pairs)}`),
    },
    openLog: (copyBytes: number) => {
      this.#tell(`open ${copyBytes}`);
      return {
        counters: this.counters,
        drain: (onPacket: (packet: LoggedPacket) => void) => {
          if (this.failure instanceof NflogKernelError) throw this.failure;
          for (const packet of this.waiting.splice(0)) onPacket(packet);
          return false;
        },
        [Symbol.dispose]: () => this.#tell('close'),
      };
    },
  };

  #tell(what: string): void {
    this.told.push(what);
    if (this.failure instanceof EnforcementError) throw this.failure;
  }
}

function textOf(pairs: readonly CaughtPair[]): string {
  return pairs
    .map(({ host, other }) => `${formatAddress(host)}-${other ? formatAddress(other) : '*'}`)
    .join(' ');
}

describe('catching packets', () => {
  let fake: FakeCapture;
  let capture: PacketCapture;
  const order = (incident: string, changes: Partial<CatchOrder> = {}): CatchOrder => ({
    ...{ incident, host: HOST, others: [OTHER], limits: LIMITS, forMs: 60_000 },
    ...changes,
  });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    fake = new FakeCapture();
    capture = new PacketCapture(fake.kernel);
  });

  afterEach(() => {
    capture[Symbol.dispose]();
    vi.useRealTimers();
  });

  it('has table and socket there only while an incident is fresh, the socket first', () => {
    expect(capture.arm(order('I1'))).toBeUndefined();
    expect(fake.told).toEqual(['open 64', 'install', `arm ${HOST}-${OTHER} 60000`]);
    capture.arm(order('I2', { others: [] }));
    capture.take('I1');
    expect(fake.told.slice(3)).toEqual([`arm ${HOST}-* 60000`, `disarm ${HOST}-${OTHER}`]);
    capture.take('I2');
    expect(fake.told.slice(5)).toEqual([`disarm ${HOST}-*`, 'close', 'remove']);
  });

  it('makes the table anew when somebody else changed it, for what is still caught and the time that is left', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    expect(capture.mend()).toBe('idle');
    capture.arm(order('I1', { forMs: 10_000 }));
    capture.arm(order('I2', { others: [], forMs: 60_000 }));
    vi.advanceTimersByTime(20_000);
    fake.told.length = 0;
    expect(capture.mend()).toBe('mended');
    expect(fake.told).toEqual(['install', `arm ${HOST}-* 40000`]);
    fake.failure = new EnforcementError('catch packets', new Error('no'));
    expect(capture.mend()).toBe(fake.failure);
    fake.failure = undefined;
  });

  it('puts a packet, in either direction, into each pot that it belongs to, cut to the snaplen', () => {
    capture.arm(order('I1'));
    capture.arm(order('I2', { others: [] }));
    fake.waiting = [
      logged(HOST, OTHER, 100),
      logged(OTHER, HOST),
      logged(HOST, '192.0.2.1'),
      logged('10.1.0.11', OTHER),
    ];
    vi.advanceTimersByTime(50);
    const [one, two] = [capture.take('I1'), capture.take('I2')];
    expect(one.packets.map(({ originalBytes, data }) => [originalBytes, data.length])).toEqual([
      [100, 64],
      [40, 40],
    ]);
    expect(two.packets).toHaveLength(3);
    expect(capture.counts).toEqual({ packets: 5, packetsMissed: 0 });
  });

  it('stops where a pot is full, tells the kernel, and counts the rest', () => {
    capture.arm(order('I1'));
    fake.waiting = Array.from({ length: 5 }, () => logged(HOST, OTHER));
    vi.advanceTimersByTime(50);
    expect(fake.told.at(-1)).toBe(`disarm ${HOST}-${OTHER}`);
    expect(capture.take('I1')).toMatchObject({ missed: 2, packets: { length: 3 } });
    expect(capture.counts).toEqual({ packets: 3, packetsMissed: 2 });
  });

  it('leaves in the kernel what another incident wants too', () => {
    capture.arm(order('I1'));
    capture.arm(order('I2'));
    capture.take('I1');
    expect(fake.told.at(-1)).toBe('disarm ');
  });

  it('keeps the limits of bytes, of one and of all', () => {
    capture.arm(order('I1', { limits: { ...LIMITS, bytes: 100 } }));
    capture.arm(order('I2', { host: '10.1.0.11', limits: { ...LIMITS, maxTotal: 120 } }));
    fake.waiting = [
      logged(HOST, OTHER),
      logged(HOST, OTHER),
      logged(HOST, OTHER),
      logged('10.1.0.11', OTHER),
      logged('10.1.0.11', OTHER),
    ];
    vi.advanceTimersByTime(50);
    expect([capture.take('I1').packets.length, capture.take('I2').packets.length]).toEqual([2, 1]);
  });

  it('says why it cannot, and leaves nothing behind', () => {
    fake.failure = new EnforcementError('catch packets', new Error('not permitted'));
    expect(capture.arm(order('I1'))).toContain('not permitted');
    expect(capture.take('I1')).toEqual({ packets: [], missed: 0 });
  });

  it('goes on when the kernel could not hand over', () => {
    capture.arm(order('I1'));
    fake.failure = new NflogKernelError('recv', 105, new Error('no buffer space'));
    vi.advanceTimersByTime(50);
    fake.failure = undefined;
    fake.waiting = [logged(HOST, OTHER)];
    vi.advanceTimersByTime(50);
    expect([capture.take('I1').packets.length, capture.counts.packetsMissed]).toEqual([1, 1]);
  });
});
