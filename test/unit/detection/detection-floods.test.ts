/** Many sources that do not exist, and one host that is everywhere: memory is bounded, and nobody hides behind them. */
import { describe, expect, it } from 'vitest';
import { ipv4, parseAddress } from '../../../src/address/address.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';
import { DAY, HOST, HOUR, inOrder, MINUTE, many, START, type TimedChange } from './connection.ts';
import { browsing, byTimer, CONTROLLER, INFECTION, infected } from './habits.ts';
import { found, lines, SURE, Watch } from './watch.ts';

/** Of sources that do not exist, to places of all kinds, those of the victim among them. */
function flood(sources: number, fromMs: number, overMs: number): TimedChange[] {
  const flow = {
    ...emptyFlow(),
    direction: 'outbound' as const,
    protocol: 6,
    hostPort: 1,
    bytesOut: 60,
    packetsOut: 1,
  };
  const changes: TimedChange[] = [];
  for (let i = 0; i < sources; i++) {
    const atMs = fromMs + Math.floor((overMs * i) / sources);
    const destination = i % 3 === 0 ? parseAddress('203.0.113.9') : ipv4(0x97000000 + i * 7);
    const port = i % 3 === 0 ? 8443 : 443;
    const one = {
      ...flow,
      host: ipv4(0x0a800000 + i),
      destination,
      destinationPort: port,
      translated: destination,
      translatedPort: port,
      startedAtMs: atMs,
      lastSeenAtMs: atMs,
    };
    const nothing = { bytesOut: 0, bytesIn: 0, packetsOut: 0, packetsIn: 0 };
    changes.push({
      atMs,
      change: { kind: 'started', flow: { ...one, bytesOut: 0, packetsOut: 0 }, ...nothing },
    });
    changes.push({ atMs, change: { kind: 'ended', flow: one, ...nothing, bytesOut: 60, packetsOut: 1 } });
  }
  return changes;
}

describe('a flood of 100,000 made-up sources', () => {
  const SOURCES = 100_000;
  const others = Array.from({ length: 8 }, (_, i) =>
    browsing({ host: `10.1.2.${i + 1}`, untilMs: START + DAY, seed: 10 + i, pauseMs: 20 * MINUTE }),
  );
  const past = inOrder(browsing({ untilMs: START + DAY }), ...others);
  const attack = inOrder(infected(START + DAY));
  const spoofed = flood(SOURCES, START + DAY, 3 * HOUR);

  it('takes bounded memory, and changes no word of what is said of a host that is known', () => {
    const calm = new Watch().play(past).play(attack);
    const flooded = new Watch().play(past);
    flooded.play([...attack, ...spoofed].sort((x, y) => x.atMs - y.atMs));
    expect(flooded.detection.profiles.size).toBeLessThan(2_000);
    expect(flooded.detection.profiles.established).toBe(calm.detection.profiles.established);
    expect(lines(flooded.alarms({ host: HOST }))).toEqual(lines(calm.alarms({ host: HOST })));
    expect(found(flooded)).toEqual(INFECTION);
  });
});

describe('a host that goes to thousands of places an hour', () => {
  const EVERY_MS = HOUR / 5_000;
  const wild = (host: string, hours: number) =>
    many(
      5_000 * hours,
      (i) => ({ host, to: `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.9 443` }),
      START + DAY,
      EVERY_MS,
    );

  it('hides no beacon of another host', () => {
    const beacon = byTimer({
      to: CONTROLLER,
      periodMs: HOUR / 3,
      beats: 30,
      jitter: 0.2,
      fromMs: START + DAY,
    });
    const watch = new Watch().show(browsing({ untilMs: START + 1.5 * DAY }), beacon, wild('10.1.0.99', 10));
    expect(watch.sureness({ host: HOST, by: 'beacon' })).toBeGreaterThan(SURE);
  });

  it('does not hide its own slow beacon, once that is known', () => {
    const slow = { periodMs: HOUR, beats: 25, jitter: 0.2, fromMs: START + DAY - 5 * HOUR };
    const watch = new Watch().show(byTimer({ to: CONTROLLER, ...slow }), wild(HOST, 20));
    expect(watch.sureness({ by: 'beacon' })).toBeGreaterThan(SURE);
  });
});
