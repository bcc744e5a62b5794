/** Honest traffic that looks a little like an attack: nothing that opens an incident may be said of it. */
import { describe, expect, it } from 'vitest';
import type { Flow, FlowChange } from '../../../src/flow/flow.ts';
import { isWeight } from '../../../src/incident/fusion.ts';
import { ANOMALY_DETECTORS } from '../../../src/policy/schema/detectors.ts';
import {
  type Connection,
  changesOf,
  DAY,
  HOUR,
  ICMP,
  MB,
  MINUTE,
  many,
  SECOND,
  START,
  UDP,
} from './connection.ts';
import { browsing, byTimer, services } from './habits.ts';
import { ALL_ON } from './settings.ts';
import { Watch, type WatchOptions, worthAnIncident } from './watch.ts';

describe('nothing is said of', () => {
  it.each([1, 2])('a browser with one failure in twenty, for three days (seed %i)', (seed) => {
    const untilMs = START + 3 * DAY;
    const watch = new Watch().show(browsing({ untilMs, seed, pauseMs: 2 * MINUTE }), services(untilMs));
    expect(worthAnIncident(watch)).toEqual([]);
  });

  const besides: readonly [string, (untilMs: number) => Connection[]][] = [
    [
      'a program that polls by a timer and works: sizes differ',
      () =>
        byTimer({ to: '203.0.113.9 8443', periodMs: MINUTE, beats: 1_500, jitter: 0.1 }, (_, random) => ({
          bytesOut: 300 + random.below(20_000),
          bytesIn: 500 + random.below(200_000),
        })),
    ],
    [
      'a call: as much comes back',
      () => [
        {
          atMs: START + DAY,
          to: '203.0.113.9 3478',
          protocol: UDP,
          bytesOut: 900 * MB,
          bytesIn: 700 * MB,
          durationMs: HOUR,
        },
      ],
    ],
    [
      'a large download',
      () => [
        {
          atMs: START + DAY,
          to: '203.0.113.9 443',
          bytesOut: 60 * MB,
          bytesIn: 3_000 * MB,
          durationMs: HOUR,
        },
      ],
    ],
    [
      'a printer that is off, tried a few times',
      () =>
        byTimer({ to: '10.1.0.99 9100', periodMs: 20 * SECOND, beats: 6 }, () => ({ outcome: 'unanswered' })),
    ],
    ['a page of a hundred servers', () => many(100, (i) => ({ to: `198.51.${i}.7 443` }), START + DAY, 30)],
    [
      'ping, all day',
      () =>
        byTimer({ to: '203.0.113.9 8', protocol: ICMP, periodMs: SECOND * 10, beats: 8_000 }, () => ({
          bytesOut: 84,
          bytesIn: 84,
          packetsOut: 1,
        })),
    ],
    [
      'a resolver that asks for names ten times a second',
      () =>
        byTimer({ to: '203.0.113.53 53', protocol: UDP, periodMs: 100, beats: 20_000 }, () => ({
          bytesOut: 74,
          bytesIn: 250,
          packetsOut: 1,
        })),
    ],
  ];
  it.each(besides)('%s', (_, traffic) => {
    const untilMs = START + 1.2 * DAY;
    expect(
      worthAnIncident(new Watch().show(browsing({ untilMs }), services(untilMs), traffic(untilMs))),
    ).toEqual([]);
  });

  it('a backup inside, to two servers at once, but for a little', () => {
    const stored = ['10.1.0.50 445', '10.1.0.51 445'].map((to) => ({
      atMs: START + 2 * DAY,
      to,
      bytesOut: 400 * MB,
      bytesIn: 4 * MB,
      durationMs: 40 * MINUTE,
    }));
    const watch = new Watch().show(browsing({ untilMs: START + 2.2 * DAY, pauseMs: MINUTE }), stored);
    expect(watch.sureness({ by: 'volume' })).toBeLessThan(0.5);
    const outside = watch.alarms().filter(({ scope }) => scope === 'host');
    expect(outside.map(({ happened }) => happened)).toEqual([]);
  });

  it('a nightly backup, once it is known', () => {
    const backup = byTimer(
      { to: '203.0.113.9 443', periodMs: DAY, beats: 12, jitter: 0.02, fromMs: START + 2 * HOUR },
      (_, random) => ({
        bytesOut: 300 * MB + random.below(50 * MB),
        bytesIn: 4 * MB,
        durationMs: 25 * MINUTE,
      }),
    );
    const watch = new Watch().show(browsing({ untilMs: START + 12 * DAY, pauseMs: 15 * MINUTE }), backup);
    const volumes = watch.alarms({ by: 'volume' });
    expect(volumes.filter(({ atMs }) => atMs > START + 3 * DAY).map(({ happened }) => happened)).toEqual([]);
  });

  it('a host whose network is down: everything fails', () => {
    const works = browsing({ untilMs: START + DAY });
    const down = browsing({ fromMs: START + DAY, untilMs: START + 1.5 * DAY, failing: 1 });
    const poll = byTimer({ to: '203.0.113.9 8443', periodMs: MINUTE, beats: 2_000 }, (beat, random) =>
      beat * MINUTE < DAY ? { bytesOut: 300 + random.below(20_000) } : { outcome: 'unanswered' },
    );
    expect(worthAnIncident(new Watch().show(works, down, poll))).toEqual([]);
  });
});

describe('not looked at is', () => {
  const scan = (change: Partial<Connection>) =>
    many(90, (i) => ({ to: `203.0.113.${i + 1} 22`, outcome: 'unanswered', ...change }), START);

  it.each<[string, Connection[]]>([
    ['what others open to a host of ours', scan({ direction: 'inbound' })],
    [
      'multicast',
      many(500, (i) => ({ to: `239.255.${i >> 8}.${i & 255} 5000`, outcome: 'unanswered' }), START),
    ],
    ['broadcast', many(500, (i) => ({ to: `255.255.255.255 ${i + 1}`, outcome: 'unanswered' }), START)],
    [
      'link-local',
      many(500, (i) => ({ to: `169.254.${i >> 8}.${i & 255} 80`, outcome: 'unanswered' }), START),
    ],
    ['a host without an address yet', scan({ host: '0.0.0.0' })],
  ])('%s', (_, connections) => {
    const watch = new Watch().show(connections);
    expect(watch.said).toEqual([]);
    expect(watch.detection.profiles.size).toBe(0);
  });

  it('who knocks at one door of ours from outside, but for a little', () => {
    const knocks = many(
      90,
      (i) => ({
        host: '198.51.100.66',
        to: `192.0.2.1 ${i + 1}`,
        outcome: 'unanswered',
        direction: 'foreign',
      }),
      START,
    );
    expect(worthAnIncident(new Watch().show(knocks))).toEqual([]);
  });

  it('what connections carried before they were first seen', () => {
    const to = '203.0.113.9 443';
    const later = changesOf({
      atMs: START,
      to,
      bytesOut: 900 * MB,
      bytesIn: 9 * MB,
      durationMs: 100 * HOUR,
    }).slice(500);
    const [{ atMs, change }, ...goesOn] = later;
    const seenAsNew = new Watch().play(
      goesOn.map((each) => ({ ...each, change: { ...each.change, ...whole(each.change.flow) } })),
    );
    expect(seenAsNew.alarms({ by: 'volume' })).not.toEqual([]);
    const watch = new Watch();
    watch.detection.observe({ ...change, kind: 'started', ...whole(change.flow) }, atMs, 'adopted');
    watch.play(goesOn.slice(0, 6));
    expect(watch.alarms({ by: 'volume' })).toEqual([]);
  });
});

function whole({ bytesOut, bytesIn, packetsOut, packetsIn }: Flow): Omit<FlowChange, 'kind' | 'flow'> {
  return { bytesOut, bytesIn, packetsOut, packetsIn };
}

describe('a detector that is off', () => {
  const day = START + DAY;
  const traffic: readonly Connection[][] = [
    browsing({ untilMs: day + 3 * HOUR }),
    byTimer({ to: '203.0.113.9 8443', periodMs: MINUTE, beats: 120, fromMs: day }),
    byTimer({ to: '203.0.113.8 8443', periodMs: MINUTE, beats: 120, fromMs: day }, () => ({
      outcome: 'unanswered',
    })),
    many(60, (i) => ({ to: `203.0.113.${i + 1} 22`, outcome: 'unanswered' }), day),
    many(90, (i) => ({ to: `203.0.113.${i + 1} 25` }), day + HOUR),
    [
      { atMs: day, to: '203.0.113.7 443', bytesOut: 900 * MB, bytesIn: MB, durationMs: HOUR },
      {
        atMs: day,
        to: '10.1.0.1 53',
        protocol: UDP,
        bytesOut: 20 * MB,
        packetsOut: 90_000,
        durationMs: HOUR,
      },
      { atMs: day, to: '203.0.113.6 8', protocol: ICMP, bytesOut: 20 * MB, durationMs: HOUR },
      { atMs: START, to: '203.0.113.5 2222', bytesOut: MB, bytesIn: MB, durationMs: DAY },
    ],
  ];
  const names = ANOMALY_DETECTORS.filter((name) => name !== 'oddHours' && !isWeight(name));

  it.each(names)('says nothing, and the others go on: %s', (name) => {
    const said = ({ settings }: WatchOptions) => {
      const alarms = new Watch({ settings }).show(...traffic).alarms();
      return [...new Set(alarms.map(({ detector }) => detector))].toSorted();
    };
    const { [name]: _, ...others } = ALL_ON;
    expect(said({ settings: ALL_ON })).toEqual(names.toSorted());
    expect(said({ settings: others })).toEqual(names.filter((other) => other !== name).toSorted());
  });

  it('is each of them when the policy names none', () => {
    expect(new Watch({ settings: {} }).show(...traffic).said).toEqual([]);
  });
});
