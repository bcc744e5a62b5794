import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import { DeniedFeed } from '../../../src/engine/denied-feed.ts';
import { RecentAttempts } from '../../../src/engine/recent-attempts.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { copyFlow } from '../../../src/flow/flow-reader.ts';
import { causeOf } from '../../../src/incident/finding.ts';
import { NflogKernelError } from '../../../src/nflog/errors.ts';
import type { LoggedPacket } from '../../../src/nflog/packet.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { loadGood, NOW } from '../policy/sources.ts';
import { Bench, SPEC } from './bench.ts';
import { FakePacketLog, type PacketText, packet } from './fake-packet-log.ts';

const REFUSED: PacketText = { from: '10.1.0.10', to: '192.0.2.77' };
const DENIED: PacketText = { from: '10.1.0.10', to: '198.51.100.66' };
const ALLOWED: PacketText = { from: '10.1.0.10', to: '203.0.113.10' };

/** By a rule with limits. */
const LIMITED: PacketText = { from: '10.2.0.10', to: '203.0.113.10' };
const LIMITS =
  '{newConnections: {rate: 6/m, burst: 2}, concurrentConnections: 3, bytesOut: {max: 1MiB, per: 1h}}';
const WITH_LIMITS = SPEC.replace('hostGroups:', 'hostGroups:\n    meter: {cidrs: [10.2.0.0/24]}').replace(
  'rules:',
  `rules:\n    - {id: metered, from: [meter], to: {cidrs: [203.0.113.0/24]}, services: [https], limits: ${LIMITS}}`,
);

describe('DeniedFeed', () => {
  let log: FakePacketLog;
  let feed: DeniedFeed;
  let findings: string[];
  let sentences: string[];
  let refused: Flow[];
  let said: string[];

  beforeEach(() => {
    log = new FakePacketLog();
    [findings, sentences, refused, said] = [[], [], [], []];
    const policy = loadGood(WITH_LIMITS);
    const inForce = { policy, compiled: compilePolicy(policy) };
    feed = new DeniedFeed({
      log: () => log,
      inForce: () => inForce,
      onFinding: (flow, finding, eventAtMs) => {
        findings.push(`${causeOf(finding)} ${formatAddress(flow.destination)} ${eventAtMs}`);
        if ('limit' in finding) sentences.push(finding.sentence);
      },
      anomalies: { refused: (flow) => void refused.push(copyFlow(flow)) },
      journal: { log: (level, text) => void said.push(`${level} ${text}`) },
    });
  });

  function tell(...packets: LoggedPacket[]): void {
    log.waiting.push(...packets);
    while (feed.drain(NOW));
  }

  it('what no rule allows is a finding, and an attempt that nobody answered', () => {
    tell(packet(REFUSED, { atMs: NOW - 5 }));
    expect(findings).toEqual([`policyViolation 192.0.2.77 ${NOW - 5}`]);
    expect(refused).toMatchObject([
      {
        direction: 'outbound',
        protocol: 6,
        destinationPort: 443,
        replied: false,
        packetsOut: 0,
        startedAtMs: NOW - 5,
      },
    ]);
    expect(feed.counters).toMatchObject({ reported: 1, attempts: 1, disagreements: 0 });
  });

  it('what a deny list holds is one too', () => {
    tell(packet(DENIED, { prefix: 'penstock denied' }));
    expect(findings).toEqual(['denyList 198.51.100.66 0']);
  });

  it('retries are one attempt, another source port is another', () => {
    tell(packet(REFUSED), packet(REFUSED), packet({ ...REFUSED, sourcePort: 40_001 }), packet(REFUSED));
    expect([findings.length, refused.length]).toEqual([2, 2]);
    expect(feed.counters).toMatchObject({ reported: 4, attempts: 2 });
  });

  it('what is spared is let through, and conntrack tells of it', () => {
    tell(packet(REFUSED, { prefix: 'penstock spared' }));
    expect([findings, refused]).toEqual([[], []]);
    expect(feed.counters).toMatchObject({ reported: 0, spared: 1 });
  });

  it('what the policy allows and the kernel drops is counted, and said aloud but not for each packet', () => {
    tell(packet(ALLOWED), packet({ ...ALLOWED, sourcePort: 40_001 }));
    expect(findings).toEqual([]);
    expect(feed.counters.disagreements).toBe(2);
    expect(said).toEqual(['error the kernel dropped what the policy does not deny (allowed by web-out)']);
  });

  it('a packet that was dropped by the policy before is no disagreement', () => {
    feed.changePolicy(NOW);
    tell(packet(ALLOWED, { atMs: NOW - 100 }));
    expect([feed.counters.disagreements, said]).toEqual([0, []]);
  });

  it.each([
    ['newConnections', 'more than 2 new connections at once and 6 a minute after them', 1],
    ['concurrentConnections', 'more than 3 connections at once', 1],
    ['bytesOut', 'sent the 1 MiB that it may in 1h', 0],
  ])('what goes over a limit of a rule (%s) is a finding of that limit', (limit, words, reported) => {
    tell(packet(LIMITED, { prefix: `penstock ${limit}` }));
    expect(findings).toEqual(['limit 203.0.113.10 0']);
    expect(sentences).toEqual([
      `10.2.0.10 under rule metered: ${words}; the kernel refuses what goes over it`,
    ]);
    expect(feed.counters).toMatchObject({ reported, attempts: 1, disagreements: 0 });
  });

  it('what went over a limit that the policy has no more is none', () => {
    tell(packet(ALLOWED, { prefix: 'penstock bytesOut' }));
    expect([findings, feed.counters.disagreements]).toEqual([[], 0]);
  });

  it('where DNAT led it may be allowed: what was asked for is not', () => {
    tell(packet(ALLOWED, { prefix: 'penstock refused translated' }));
    expect(findings).toEqual(['policyViolation 203.0.113.10 0']);
    expect(feed.counters.disagreements).toBe(0);
  });

  it.each<[string, Partial<LoggedPacket>]>([
    ['of another rule', { prefix: 'somebody else' }],
    ['with a prefix that only begins like ours', { prefix: 'penstock refused translated twice' }],
    ['that are no packets', { known: 'nothing' }],
  ])('messages %s are only counted', (_, more) => {
    tell(packet(REFUSED, more));
    expect([findings, refused]).toEqual([[], []]);
    expect(feed.counters).toMatchObject({ reported: 0, unreadable: 1 });
  });

  it('packets of which only the addresses are known are judged by them', () => {
    tell(packet({ ...REFUSED, port: 0 }, { known: 'addresses', protocol: -1, sourcePort: 0 }));
    expect(findings).toEqual(['policyViolation 192.0.2.77 0']);
  });

  it('a flood gives other work its turn', () => {
    log.waiting.push(...Array.from({ length: 300 }, (_, i) => packet({ ...REFUSED, sourcePort: i })));
    expect(feed.drain(NOW)).toBe(true);
    expect(feed.counters.reported).toBe(128);
  });
});

describe('recent attempts', () => {
  it('are over when nothing was seen of them for as long as conntrack would wait', () => {
    const recent = new RecentAttempts();
    const [tcp, udp] = [packet(REFUSED), packet({ ...REFUSED, protocol: 17 })];
    expect([recent.isNew(tcp, 0), recent.isNew(udp, 0)]).toEqual([true, true]);
    expect([recent.isNew(tcp, 100_000), recent.isNew(tcp, 219_000)]).toEqual([false, false]);
    expect([recent.isNew(udp, 31_000), recent.isNew(tcp, 340_000)]).toEqual([true, true]);
  });

  it('are bounded, whoever makes up senders', () => {
    const recent = new RecentAttempts(100);
    for (let i = 0; i < 1_000; i++) recent.isNew(packet({ ...REFUSED, sourcePort: i }), 0);
    expect(recent.size).toBe(100);
    expect(recent.isNew(packet({ ...REFUSED, sourcePort: 999 }), 0)).toBe(false);
    expect(recent.isNew(packet({ ...REFUSED, sourcePort: 0 }), 0)).toBe(true);
  });
});

describe('in the engine', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('a dropped attempt becomes an incident and the decision that the policy asks for', async () => {
    const bench = await Bench.start();
    bench.packets.waiting.push(packet(DENIED, { prefix: 'penstock denied' }));
    bench.engine.denied.drain(Date.now());
    expect(bench.recorded('incident.opened').map(({ body }) => body.incident.cause)).toEqual(['denyList']);
    expect(bench.recorded('decision.proposed')).toHaveLength(1);
    expect(bench.engine.status().dropped).toMatchObject({ reported: 1, attempts: 1, disagreements: 0 });
    bench.kill();
  });

  it('goes on when another process reads the packets, says so, and takes over when it can', async () => {
    const bench = await Bench.start();
    const { openPacketLog } = bench.kernel;
    const taken = new NflogKernelError('bind nflog group', 1, new Error('bind nflog group: EPERM'));
    Object.assign(bench.kernel, {
      openPacketLog: () => {
        throw taken;
      },
    });
    await bench.restart();
    expect(bench.engine.status().dropped.error).toBe('bind nflog group: EPERM');
    expect([bench.engine.packetLog.fd, bench.engine.denied.drain(Date.now())]).toEqual([undefined, false]);
    Object.assign(bench.kernel, { openPacketLog });
    bench.pass(5_000);
    expect(bench.engine.status().dropped.error).toBeUndefined();
    expect(bench.engine.packetLog.fd).toBe(bench.packets.fd);
    bench.kill();
  });
});
