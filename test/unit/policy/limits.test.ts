import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4, parseAddress } from '../../../src/address/address.ts';
import { LimitMeter, type LimitObservation } from '../../../src/policy/limits.ts';
import { loadGood } from './sources.ts';

const HOUR = 3_600_000;

function policy(limits: string, id = 'r') {
  return loadGood(`  hostGroups: {a: {cidrs: [10.0.0.0/8]}}
  services: {s: [{protocol: tcp, ports: [443]}]}
  rules:
    - {id: free, from: [a], to: {cidrs: [192.0.2.1]}, services: [s]}
    - {id: ${id}, from: [a], to: {cidrs: [192.0.2.2]}, services: [s], limits: ${limits}}
`);
}
const verdict = { kind: 'allow', rule: 'r', ruleIndex: 1 } as const;
const seen = (change: Partial<LimitObservation> = {}): LimitObservation => ({
  host: parseAddress('10.0.0.1'),
  verdict,
  kind: 'progressed',
  bytesOut: 0,
  ...change,
});
const started = seen({ kind: 'started' });
const ended = seen({ kind: 'ended' });

describe('bytesOut', () => {
  test('is passed by what was sent within the window, and not by the same over a longer time', () => {
    const meter = new LimitMeter(policy('{bytesOut: {max: 1000B, per: 24h}}'));
    expect(meter.observe(seen({ bytesOut: 600 }), 0)).toBeUndefined();
    expect(meter.observe(seen({ bytesOut: 400 }), HOUR)).toBeUndefined();
    expect(meter.observe(seen({ bytesOut: 1 }), 23 * HOUR)).toMatchObject({
      rule: 'r',
      ruleIndex: 1,
      limit: 'bytesOut',
      measured: 1001,
      allowed: 1000,
      sentence: '10.0.0.1 under rule r: sent 1001 B in 1d, allowed 1000 B',
    });
    expect(meter.observe(seen({ bytesOut: 500 }), 24 * HOUR)).toBeUndefined();
    expect(meter.observe(seen({ bytesOut: 100 }), 25 * HOUR)).toBeUndefined();
    expect(meter.observe(seen({ bytesOut: 400 }), 26 * HOUR)).toMatchObject({ measured: 1001 });
  });

  test('time that runs backwards counts for the newest slot', () => {
    const meter = new LimitMeter(policy('{bytesOut: {max: 100B, per: 24h}}'));
    meter.observe(seen({ bytesOut: 90 }), 10 * HOUR);
    expect(meter.observe(seen({ bytesOut: 20 }), 2 * HOUR)).toMatchObject({ measured: 110 });
  });

  test('is never more than was sent in the window, nor less than in 23/24 of it', () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 9_000 }), bytes: fc.integer({ min: 1, max: 50 }) }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        const meter = new LimitMeter(policyOfOneByte);
        const sent: { at: number; bytes: number }[] = [];
        let at = 0;
        for (const { wait, bytes } of given) {
          at += wait;
          sent.push({ at, bytes });
          const within = (span: number) =>
            sent.reduce((sum, one) => sum + (at - one.at < span ? one.bytes : 0), 0);
          const measured = meter.observe(seen({ bytesOut: bytes }), at)?.measured ?? 1;
          expect(measured).toBeLessThanOrEqual(within(24_000));
          expect(measured).toBeGreaterThanOrEqual(within(23_000));
        }
      }),
    );
  });
  const policyOfOneByte = policy('{bytesOut: {max: 1B, per: 24s}}');
});

describe('newConnections', () => {
  test('a burst at once, then the rate', () => {
    const meter = new LimitMeter(policy('{newConnections: {rate: 2/s, burst: 5}}'));
    const at = (ms: number) => meter.observe(started, ms);
    for (let i = 0; i < 5; i++) expect(at(0)).toBeUndefined();
    expect(at(0)).toMatchObject({ limit: 'newConnections', measured: 6, allowed: 5 });
    expect(at(499)).toMatchObject({ measured: 7, allowed: 5 });
    expect(at(500)).toBeUndefined();
    expect(at(500)).toMatchObject({
      sentence: '10.0.0.1 under rule r: 9 new connections in 0.5s, allowed 6',
    });
    for (let i = 0; i < 5; i++) expect(at(60_000)).toBeUndefined();
    expect(at(60_000)).toBeDefined();
  });

  test('progress and ends take no token', () => {
    const meter = new LimitMeter(policy('{newConnections: {rate: 1/h, burst: 1}}'));
    for (let i = 0; i < 10; i++)
      expect(meter.observe(i % 2 ? ended : seen({ bytesOut: 9 }), i)).toBeUndefined();
    expect(meter.observe(started, 10)).toBeUndefined();
    expect(meter.observe(started, 11)).toBeDefined();
  });

  test('equals a plain token bucket', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 60 });
    const given = policy('{newConnections: {rate: 2/s, burst: 4}}');
    fc.assert(
      fc.property(waits, (list) => {
        const meter = new LimitMeter(given);
        let [at, tokens] = [1_000, 4];
        for (const wait of list) {
          at += wait;
          tokens = Math.min(4, tokens + (2 * wait) / 1_000);
          const free = tokens >= 1 - 1e-9;
          if (free) tokens -= 1;
          expect(meter.observe(started, at) === undefined).toBe(free);
        }
      }),
    );
  });
});

describe('concurrentConnections', () => {
  test('started less ended', () => {
    const meter = new LimitMeter(policy('{concurrentConnections: 2}'));
    expect(meter.observe(started, 0)).toBeUndefined();
    expect(meter.observe(started, 0)).toBeUndefined();
    expect(meter.observe(started, 0)).toMatchObject({
      limit: 'concurrentConnections',
      measured: 3,
      allowed: 2,
    });
    meter.observe(ended, 1);
    meter.observe(ended, 1);
    expect(meter.observe(started, 1)).toBeUndefined();
  });

  test('an end without a start does not make room', () => {
    const meter = new LimitMeter(policy('{concurrentConnections: 1}'));
    meter.observe(ended, 0);
    expect(meter.observe(started, 0)).toBeUndefined();
    expect(meter.observe(started, 0)).toBeDefined();
  });
});

describe('what is counted', () => {
  const limited = policy('{concurrentConnections: 1}');

  test('each host by itself, each family too', () => {
    const meter = new LimitMeter(limited);
    for (const host of ['10.0.0.1', '10.0.0.2', '::a00:1', '::a00:2', '::1:0:a00:1']) {
      expect(meter.observe({ ...started, host: parseAddress(host) }, 0)).toBeUndefined();
    }
    expect(meter.observe({ ...started, host: parseAddress('::a00:1') }, 0)).toMatchObject({
      host: parseAddress('::a00:1'),
    });
  });

  test('only what a rule with limits allows', () => {
    const meter = new LimitMeter(limited);
    for (let i = 0; i < 3; i++) {
      expect(
        meter.observe({ ...started, verdict: { kind: 'deny', cause: 'policyViolation' } }, 0),
      ).toBeUndefined();
      expect(
        meter.observe({ ...started, verdict: { kind: 'allow', rule: 'free', ruleIndex: 0 } }, 0),
      ).toBeUndefined();
    }
    expect(meter.size).toBe(0);
  });

  describe('a new policy', () => {
    const before =
      '{concurrentConnections: 1, bytesOut: {max: 100B, per: 1h}, newConnections: {rate: 1/h, burst: 1}}';
    const meter = () => {
      const old = new LimitMeter(policy(before));
      old.observe({ ...started, bytesOut: 60 }, 0);
      return old;
    };
    const under = (limits: string, id = 'r') => new LimitMeter(policy(limits, id), meter());

    test.each([
      ['connections stay open', '{concurrentConnections: 1}', started, 'concurrentConnections'],
      ['and are counted by a changed limit', '{concurrentConnections: 2}', started, undefined],
      [
        'a window of the same length stays filled',
        '{bytesOut: {max: 90B, per: 1h}}',
        seen({ bytesOut: 40 }),
        'bytesOut',
      ],
      ['another window is empty', '{bytesOut: {max: 90B, per: 2h}}', seen({ bytesOut: 40 }), undefined],
      ['the same bucket stays empty', '{newConnections: {rate: 1/h, burst: 1}}', started, 'newConnections'],
      ['another bucket is full', '{newConnections: {rate: 1/h, burst: 2}}', started, undefined],
    ])('%s', (_, limits, observation, limit) => {
      expect(under(limits).observe(observation, 1)?.limit).toBe(limit);
    });

    test('a rule of another id counts anew', () => {
      expect(under(before, 'q').observe({ ...started, bytesOut: 60 }, 1)).toBeUndefined();
    });
  });

  test('a connection that is adopted counts as open and takes no token', () => {
    const meter = new LimitMeter(policy('{newConnections: {rate: 1/h, burst: 1}, concurrentConnections: 2}'));
    const adopted = seen({ kind: 'adopted' });
    for (let i = 0; i < 2; i++) expect(meter.observe(adopted, 0)).toBeUndefined();
    expect(meter.observe(started, 0)).toMatchObject({ limit: 'concurrentConnections', measured: 3 });
  });

  test('memory is bounded, and idle hosts are forgotten', () => {
    const meter = new LimitMeter(limited);
    for (let i = 0; i < 70_000; i++) meter.observe({ ...started, host: ipv4(0x0a000000 + i) }, i);
    expect(meter.size).toBe(65_536);
    const idle = new LimitMeter(limited);
    for (let i = 0; i < 100; i++) {
      const host = ipv4(0x0a000000 + i);
      idle.observe({ ...started, host }, 0);
      if (i > 0) idle.observe({ ...ended, host }, 0);
    }
    idle.observe({ ...seen(), host: ipv4(0x0a000000) }, HOUR);
    idle.observe({ ...seen(), host: ipv4(0x0a000000) }, 2 * HOUR);
    expect(idle.size).toBe(1);
  });
});
