/** What a profile learns, from whom, and how fast: nobody may teach it what it should find. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { HOURS_WATCHED, type HostProfile } from '../../../src/detection/host-profile.ts';
import { mostIn } from '../../../src/detection/upload-watch.ts';
import { expectWords } from './confidences.ts';
import { type Connection, DAY, HOST, HOUR, MB, MINUTE, START } from './connection.ts';
import { browsing, byTimer } from './habits.ts';
import { defaultsOf } from './settings.ts';
import { Watch } from './watch.ts';

const { floor, factor } = defaultsOf('volume');
const OFFICE = { from: 8, until: 18, pauseMs: 12 * MINUTE };
const KNOWN = '203.0.113.20 443';

function profileOf(watch: Watch, host = HOST): HostProfile {
  const known = watch.detection.profiles.get(parseAddress(host));
  if (known === undefined) throw new Error(`no profile of ${host}`);
  return known.profile;
}

const suspect = (watch: Watch, score: number) => watch.detection.suspect(parseAddress(HOST), score);
const upload = (atMs: number, bytesOut: number, change: Partial<Connection> = {}): Connection => ({
  atMs,
  to: KNOWN,
  bytesOut,
  bytesIn: bytesOut / 50,
  durationMs: MINUTE,
  ...change,
});

/** Three days in which the host uploads a little each hour, always to the same place. */
function taught(): Watch {
  const habit = byTimer({ to: KNOWN, periodMs: HOUR, beats: 72, fromMs: START + 5 * MINUTE }, () =>
    upload(0, MB / 2),
  );
  return new Watch().show(habit.map((each, hour) => ({ ...each, atMs: START + 5 * MINUTE + hour * HOUR })));
}

describe('the most that a host uploads', () => {
  it('grows by half an hour, whatever the hours bring', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 2 ** 45, noNaN: true }), { maxLength: 30, size: 'max' }),
        (hours) => {
          const watch = taught();
          const profile = profileOf(watch);
          let most = mostIn(profile, 1);
          expect(most).toBeGreaterThan(0);
          for (const [hour, bytes] of hours.entries()) {
            watch.show([upload(START + 3 * DAY + (hour + 1) * HOUR, Math.floor(bytes))]);
            expect(mostIn(profile, 1)).toBeLessThanOrEqual(1.51 * most);
            most = mostIn(profile, 1);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it.each([1.1, 1.2, 1.4, 2, 4])(
    'does not follow who sends %f times as much each hour: that is found',
    (growth) => {
      const raised = Array.from({ length: 72 }, (_, i) =>
        upload(START + 3 * DAY + i * HOUR + MINUTE, Math.min(MB * growth ** i, 1_000 * floor)),
      );
      const [first] = taught().show(raised).alarms({ by: 'volume' });
      const before = raised.filter(({ atMs }) => atMs <= first.atMs);
      const sent = before.reduce((sum, { bytesOut = 0 }) => sum + bytesOut, 0);
      expect(sent).toBeLessThan(15 * floor);
    },
  );

  it('does not grow at all on the word of a suspect', () => {
    const watch = taught().show([upload(START + 3 * DAY + MINUTE, MB)]);
    const profile = profileOf(watch);
    const before = mostIn(profile, 1);
    suspect(watch, 0.9);
    watch.show(Array.from({ length: 20 }, (_, i) => upload(START + 3 * DAY + (i + 1) * HOUR, 100 * MB)));
    expect(mostIn(profile, 1)).toBeLessThanOrEqual(before);
  });

  it('is not taken from a place where the host has only just begun to send', () => {
    const watch = taught();
    const before = mostIn(profileOf(watch), 1);
    const elsewhere = { to: '203.0.113.66 443' };
    watch.show(Array.from({ length: 12 }, (_, i) => upload(START + 3 * DAY + i * HOUR, 15 * MB, elsewhere)));
    expect(mostIn(profileOf(watch), 1)).toBeLessThanOrEqual(before);
  });
});

describe('hours', () => {
  const activeHours = (watch: Watch) => profileOf(watch).active.filter((weight) => weight > 0).length;

  it('of a suspect are not learnt as active, and are again when it is none', () => {
    const watch = new Watch().show(browsing({ untilMs: START + HOUR }));
    suspect(watch, 0.9);
    watch.show(browsing({ fromMs: START + HOUR, untilMs: START + 40 * HOUR }));
    expect(activeHours(watch)).toBe(0);
    suspect(watch, 0);
    watch.show(browsing({ fromMs: START + 40 * HOUR, untilMs: START + 80 * HOUR }));
    expect(activeHours(watch)).toBeGreaterThan(20);
  });

  it('in which nothing happened count as watched in a recording', () => {
    const watch = new Watch().show(browsing({ untilMs: START + 10 * DAY, ...OFFICE }));
    expect(profileOf(watch).head[HOURS_WATCHED]).toBeGreaterThan(9 * 24);
  });

  it('in which nobody watched do not count', () => {
    const fourHours = (fromMs: number) => byTimer({ to: KNOWN, periodMs: 10 * MINUTE, beats: 24, fromMs });
    const watch = new Watch({ live: true }).show(fourHours(START));
    watch.detection.advance(START + 10 * DAY);
    watch.show(fourHours(START + 10 * DAY));
    // Three whole hours each time: of the last one nobody saw the end.
    expect(profileOf(watch).head[HOURS_WATCHED]).toBe(6);
  });
});

describe('a host without a past', () => {
  it('is told so in the words of what is found', () => {
    const [cold] = new Watch().show([upload(START, 20 * floor)]).alarms({ by: 'volume' });
    expectWords(cold, ['not watched before']);
    const young = new Watch().show(browsing({ untilMs: START + 3 * HOUR }), [
      upload(START + 4 * HOUR, 20 * floor),
    ]);
    expectWords(young.alarms({ by: 'volume' })[0], ['That is short', 'nothing is known of its group']);
  });

  it('abstains where it would need one', () => {
    const night = byTimer({ to: KNOWN, periodMs: MINUTE, beats: 100, jitter: 0.9, fromMs: START + 2 * HOUR });
    const wide = Array.from({ length: 900 }, (_, i) => ({
      atMs: START + i * 1_000,
      to: `198.${i >> 8}.${i & 255}.1 443`,
    }));
    const watch = new Watch().show(night, wide);
    expect(watch.alarms().filter(({ detector }) => detector === 'oddHours' || detector === 'fanOut')).toEqual(
      [],
    );
  });

  it('is measured by its group', () => {
    const members = Array.from({ length: 5 }, (_, i) => `10.1.0.${20 + i}`);
    const habit = members.map((host) =>
      Array.from({ length: 30 }, (_, hour) => upload(START + hour * HOUR, 40 * floor, { host })),
    );
    const usual = [upload(START + 31 * HOUR, 40 * floor)];
    const monstrous = [upload(START + 31 * HOUR, 40 * factor * 4 * floor)];
    const inGroup = () => new Watch({ groupsOf: () => ['build'] }).show(...habit);
    expect(inGroup().show(usual).alarms({ by: 'volume', host: HOST })).toEqual([]);
    const [found] = inGroup().show(monstrous).alarms({ by: 'volume', host: HOST });
    expectWords(found, ['hosts of its group stay below']);
    expect(new Watch().show(...habit, usual).alarms({ by: 'volume', host: HOST })).not.toEqual([]);
  });
});

describe('a destination that is new', () => {
  const theft = (to: string) => [upload(START + 3 * DAY + HOUR, 3 * floor, { to })];
  const days = browsing({ untilMs: START + 3 * DAY });
  const acquaintance = byTimer({ to: '203.0.113.30 443', periodMs: 2 * HOUR, beats: 36, jitter: 0.9 });

  it('makes other evidence surer', () => {
    const sureness = (to: string) =>
      new Watch().show(days, acquaintance, theft(to)).sureness({ by: 'volume' });
    expect(sureness('203.0.113.66 443')).toBeGreaterThan(sureness('203.0.113.30 443'));
  });

  it('does so the less the more others go there', () => {
    const others = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 8 }, (__, n) => ({
        atMs: START + n * MINUTE,
        host: `10.1.1.${i + 1}`,
        to: n < 4 ? KNOWN : '203.0.113.66 443',
      })),
    );
    const sureness = (to: string) => new Watch().show(days, ...others, theft(to)).sureness({ by: 'volume' });
    expect(sureness('203.0.113.67 443')).toBeGreaterThan(0);
    expect(sureness('198.51.100.66 443')).toBeGreaterThan(sureness('203.0.113.66 443'));
  });
});
