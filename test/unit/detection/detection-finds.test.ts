/** Each detector end to end: a host that works all day, and what somebody else does on it. */
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/address/address.ts';
import type { Scope } from '../../../src/detection/finding.ts';
import type { AnomalyDetector } from '../../../src/policy/schema/detectors.ts';
import { expectWords } from './confidences.ts';
import {
  type Connection,
  DAY,
  HOST,
  HOUR,
  ICMP,
  MB,
  MINUTE,
  many,
  SECOND,
  START,
  TCP,
  UDP,
} from './connection.ts';
import { browsing, byTimer, CONTROLLER, services } from './habits.ts';
import { defaultsOf } from './settings.ts';
import { SURE, Watch } from './watch.ts';

const TARGET = '203.0.113.9';

/** A day at the desk, and what is given besides, from `fromMs` on. */
function watched(untilMs: number, attack: readonly Connection[]): Watch {
  return new Watch().show(browsing({ untilMs }), services(untilMs), attack);
}

const unanswered = () => ({ outcome: 'unanswered' }) as const;

describe('a dead controller', () => {
  it.each<[string, Partial<Connection>]>([
    ['that is silent', { outcome: 'unanswered' }],
    ['that refuses', { outcome: 'refused' }],
  ])('%s is found while the host works on', (_, each) => {
    const calls = byTimer({ to: CONTROLLER, periodMs: MINUTE, beats: 90, fromMs: START + HOUR }, () => each);
    const watch = watched(START + 3 * HOUR, calls);
    expect(watch.sureness({ by: 'failedConnections' })).toBeGreaterThan(SURE);
    const [first] = watch.alarms({ by: 'failedConnections' });
    expect(first.atMs).toBeLessThan(START + 2 * HOUR);
    expect([first.scope, formatAddress(first.flow.destination)]).toEqual(['service', TARGET]);
    expectWords(first, [TARGET, 'tcp/8443', '100 %']);
  });

  it('is found by irregular calls too', () => {
    const calls = byTimer({ to: CONTROLLER, periodMs: 3 * MINUTE, beats: 60, jitter: 0.99 }, unanswered);
    expect(watched(START + 4 * HOUR, calls).sureness({ by: 'failedConnections' })).toBeGreaterThan(SURE);
  });
});

describe('a beacon', () => {
  it.each([0, 0.2, 0.5])('with a jitter of %f is found within two hours', (jitter) => {
    const beats = byTimer({
      to: CONTROLLER,
      periodMs: MINUTE,
      beats: 150,
      jitter,
      fromMs: START + 10 * MINUTE,
    });
    const watch = watched(START + 3 * HOUR, beats);
    expect(watch.sureness({ by: 'beacon' })).toBeGreaterThan(SURE);
    const [first] = watch.alarms({ by: 'beacon' });
    expect(first.atMs).toBeLessThan(START + 2 * HOUR + 10 * MINUTE);
    expect([first.scope, formatAddress(first.flow.destination)]).toEqual(['service', TARGET]);
    expectWords(first, [TARGET, 'tcp/8443']);
    expect(watch.alarms().every(({ detector }) => detector === 'beacon')).toBe(true);
  });

  it('of one an hour is found within a day and a half, while pages come and go', () => {
    const fromMs = START + DAY;
    const beats = byTimer({ to: CONTROLLER, periodMs: HOUR, beats: 48, jitter: 0.2, fromMs });
    const watch = watched(START + 3 * DAY, beats);
    expect(watch.sureness({ by: 'beacon' })).toBeGreaterThan(SURE);
    expect(watch.alarms({ by: 'beacon' })[0].atMs).toBeLessThan(fromMs + 1.5 * DAY);
  });

  it('that misses beats, as hosts sleep and wake, is found', () => {
    const beats = byTimer({ to: CONTROLLER, periodMs: 2 * MINUTE, beats: 200, jitter: 0.1 });
    const missed = beats.filter((_, beat) => beat % 9 !== 4 && (beat < 60 || beat > 90));
    expect(watched(START + 7 * HOUR, missed).sureness({ by: 'beacon' })).toBeGreaterThan(SURE);
  });
});

describe('a scan', () => {
  it.each<[string, (i: number) => Omit<Connection, 'atMs'>, Scope, string]>([
    ['of many addresses', (i) => ({ to: `203.0.113.${i + 1} 22`, ...unanswered() }), 'host', 'tcp/22'],
    [
      'of many addresses that refuse',
      (i) => ({ to: `203.0.113.${i + 1} 445`, outcome: 'refused' }),
      'host',
      'tcp/445',
    ],
    ['inside', (i) => ({ to: `10.1.7.${i + 1} 3389`, ...unanswered() }), 'host', 'tcp/3389'],
    [
      'by echo requests',
      (i) => ({ to: `203.0.113.${i + 1} 8`, protocol: ICMP, ...unanswered() }),
      'host',
      'icmp',
    ],
    ['of many ports', (i) => ({ to: `${TARGET} ${i + 1}`, outcome: 'refused' }), 'destination', TARGET],
    [
      'of IPv6',
      (i) => ({ to: `2001:db8::${i.toString(16)} 22`, host: 'fd00::10', ...unanswered() }),
      'host',
      'tcp/22',
    ],
  ])('%s is found within the first forty', (_, each, scope, word) => {
    const answered = byTimer({
      host: each(0).host ?? HOST,
      to: '151.0.0.1 443',
      periodMs: MINUTE,
      beats: 90,
    });
    const fromMs = START + HOUR;
    const watch = watched(START + 2 * HOUR, [...answered, ...many(40, each, fromMs)]);
    expect(watch.sureness({ by: 'scan' })).toBeGreaterThan(SURE);
    expect(watch.alarms({ by: 'scan' })[0].atMs).toBeGreaterThan(fromMs);
    const surest = watch.alarms({ by: 'scan' }).toSorted((x, y) => y.confidence - x.confidence)[0];
    expect(surest.scope).toBe(scope);
    expectWords(surest, [word]);
  });

  it('of one address a minute is found too', () => {
    const slow = many(60, (i) => ({ to: `203.0.113.${i + 1} 22`, ...unanswered() }), START + HOUR, MINUTE);
    expect(watched(START + 3 * HOUR, slow).sureness({ by: 'scan' })).toBeGreaterThan(SURE);
  });
});

const { floor } = defaultsOf('volume');

describe('a theft', () => {
  const upload = (atMs: number, bytesOut: number): Connection[] => [
    { atMs, to: `${TARGET} 443`, bytesOut, bytesIn: bytesOut / 50, durationMs: 20 * MINUTE },
  ];

  it.each([
    ['of a host known for days', 3 * DAY],
    ['of a host that was never seen before', 0],
  ])('in a burst is found: %s', (_, afterMs) => {
    const atMs = START + afterMs + HOUR;
    const watch = watched(atMs + HOUR, upload(atMs, 20 * floor));
    expect(watch.sureness({ by: 'volume' })).toBeGreaterThan(SURE);
    const [first] = watch.alarms({ by: 'volume' });
    expect(first.atMs).toBeLessThanOrEqual(atMs + 20 * MINUTE);
    expect([first.scope, formatAddress(first.flow.destination)]).toEqual(['service', TARGET]);
    expectWords(first, [TARGET, 'tcp/443']);
  });

  it('as a slow leak over two days is found', () => {
    const leak = byTimer(
      { to: `${TARGET} 443`, periodMs: 30 * MINUTE, beats: 96, jitter: 0.8, fromMs: START + 4 * DAY },
      (_, random) => ({ bytesOut: (floor / 5) * (0.2 + random.next()), bytesIn: 40_000, durationMs: MINUTE }),
    );
    const watch = watched(START + 6 * DAY, leak);
    expect(watch.sureness({ by: 'volume' })).toBeGreaterThan(SURE);
    expectWords(watch.alarms({ by: 'volume' })[0], [TARGET, '24 h']);
  });

  it.each([
    ['a hundred', 100],
    ['thousands', 4_000],
  ])('in pieces to %s addresses is found', (_, addresses) => {
    const piece = (20 * floor) / addresses;
    const to = (i: number) => `203.0.${i >> 8}.${i & 255} 443`;
    const fromMs = START + 2 * DAY + 9 * HOUR;
    const pieces = many(
      addresses,
      (i) => ({ to: to(i), bytesOut: piece, bytesIn: piece / 50 }),
      fromMs,
      (45 * MINUTE) / addresses,
    );
    const watch = watched(START + 3 * DAY, pieces);
    expect(watch.sureness({ by: 'volume' })).toBeGreaterThan(SURE);
    expect(watch.alarms({ by: 'volume' })[0].scope).toBe('host');
    // Whatever else the host does meanwhile: what may be acted upon is part of it.
    for (const { flow } of watch.alarms({ by: 'volume' }))
      expect(formatAddress(flow.destination)).toMatch(/^203\.0\./);
    expectWords(watch.alarms({ by: 'volume' })[0], ['many destinations']);
    expect(watch.alarms({ by: 'volume' })[0].happened).not.toContain('got 0 B back');
    expect(new Watch().show(pieces).sureness({ by: 'volume' })).toBeGreaterThan(SURE);
  });
});

describe('a tunnel', () => {
  it.each<[AnomalyDetector, string, number, number]>([
    ['dnsTunnel', '10.1.0.1 53', UDP, 200],
    ['dnsTunnel', '8.8.8.8 53', TCP, 300],
    ['icmpTunnel', `${TARGET} 8`, ICMP, 1_200],
  ])('is found by %s to %s: 10 kB/s', (by, to, protocol, packetBytes) => {
    const bytesOut = 12 * MB;
    const carried = {
      bytesOut,
      packetsOut: bytesOut / packetBytes,
      bytesIn: bytesOut,
      durationMs: 20 * MINUTE,
    };
    const watch = watched(START + 2 * HOUR, [{ atMs: START + HOUR, to, protocol, ...carried }]);
    expect(watch.sureness({ by })).toBeGreaterThan(SURE);
    expectWords(watch.alarms({ by })[0], [to.split(' ')[0], 'ten minutes', `${packetBytes} bytes`]);
  });
});

describe('odd hours', () => {
  const night = (day: number) =>
    byTimer({
      to: `${TARGET} 22`,
      periodMs: MINUTE,
      beats: 55,
      jitter: 0.95,
      fromMs: START + day * DAY + 2 * HOUR,
    });
  const office = { from: 8, until: 18, pauseMs: 12 * MINUTE };

  it.each([6, 10, 15, 18, 22, 40])('are found in the night after %i days', (days) => {
    const untilMs = START + (days + 1) * DAY;
    const watch = new Watch().show(browsing({ untilMs, ...office }), night(days));
    const [first, ...others] = watch.alarms({ by: 'oddHours' });
    expect(first.scope).toBe('host');
    expectWords(first, ['02:00 UTC', 'active 0 of']);
    expect(others.every(({ confidence }) => confidence > first.confidence)).toBe(true);
  });

  it.each<[string, number, { from: number; until: number }]>([
    ['of a host that is young', 3, office],
    ['of a host that is up at all hours', 30, { from: 0, until: 24 }],
  ])('are not told %s', (_, days, hours) => {
    const untilMs = START + (days + 1) * DAY;
    const watch = new Watch().show(browsing({ untilMs, pauseMs: 12 * MINUTE, ...hours }), night(days));
    expect(watch.alarms({ by: 'oddHours' })).toEqual([]);
  });
});

describe('fan-out', () => {
  it('to many mail servers that answer is found', () => {
    const mails = many(90, (i) => ({ to: `203.0.113.${i + 1} 25` }), START + HOUR, 5 * SECOND);
    const watch = watched(START + 2 * HOUR, mails);
    expect(watch.sureness({ by: 'fanOut' })).toBeGreaterThan(SURE);
    expectWords(watch.alarms({ by: 'fanOut' })[0], ['tcp/25']);
  });

  it('to far more places than ever is found', () => {
    const wide = many(3_000, (i) => ({ to: `203.${i >> 8}.${i & 255}.7 443` }), START + 3 * DAY, SECOND);
    const [first] = watched(START + 3 * DAY + HOUR, wide).alarms({ by: 'fanOut' });
    expect(first.scope).toBe('host');
    expectWords(first, ['destinations in an hour']);
  });
});

describe('a connection that stands for days', () => {
  it('is told of, and alone never acts', () => {
    const long = {
      atMs: START + HOUR,
      to: `${TARGET} 2222`,
      bytesOut: MB,
      bytesIn: MB,
      durationMs: 30 * HOUR,
    };
    const watch = watched(START + 2 * DAY, [long]);
    const [first] = watch.alarms({ by: 'longConnection' });
    expectWords(first, [TARGET, 'tcp/2222', '12 h']);
    expect(watch.sureness({ by: 'longConnection' })).toBeLessThanOrEqual(0.5);
  });

  it.each<[string, Partial<Connection>]>([
    ['inside', { to: '10.9.0.1 22' }],
    ['that nobody answers', { bytesIn: 0, outcome: 'unanswered' }],
  ])('is not told of %s', (_, change) => {
    const long = {
      atMs: START,
      to: `${TARGET} 2222`,
      bytesOut: MB,
      bytesIn: MB,
      durationMs: 30 * HOUR,
      ...change,
    };
    expect(new Watch().show([long]).alarms({ by: 'longConnection' })).toEqual([]);
  });
});
