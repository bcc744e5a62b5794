import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import {
  HOURS_WATCHED,
  type HostProfile,
  SCAN_RATIO,
  SUSPICION,
} from '../../../src/detection/host-profile.ts';
import { AnomalyWatch } from '../../../src/engine/anomaly-watch.ts';
import { PATIENCE_MS } from '../../../src/engine/reply-watch.ts';
import { Suppressions } from '../../../src/engine/suppressions.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { CaseBook, type CaseNews } from '../../../src/incident/case-book.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import type { Suppression } from '../../../src/incident/suppression.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { type EntryText, entry } from '../flow/entry.ts';
import { loadGood, NOW } from '../policy/sources.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOST = '10.1.0.10';
/** This machine. */
const GATEWAY = '198.51.100.1';

const spec = (detectors: string) => `
  hostGroups: {web: {cidrs: [10.0.0.0/8, "fd00:1::/64"]}}
  services: {any: [{protocol: any}]}
  rules: [{id: r, from: [web], to: {cidrs: [0.0.0.0/0, "::/0"]}, services: [any]}]
  detectors: ${detectors}
`;

/** Detectors on a flow table, on clocks that stand until moved. */
class Watched {
  readonly table: FlowTable;
  readonly suppressions = new Suppressions();
  readonly cases = new CaseBook({ numbers: new IncidentNumbers(1), groupsOf: () => ['web'] });
  readonly news: CaseNews[] = [];
  readonly watch: AnomalyWatch;
  #connections = 0;

  constructor(detectors: string) {
    const policy = loadGood(spec(detectors));
    const compiled = compilePolicy(policy);
    this.table = new FlowTable({ isOurs: (address) => compiled.isOurs(address), maxFlows: 100_000 });
    this.watch = new AnomalyWatch({
      table: this.table,
      cases: this.cases,
      suppressions: this.suppressions,
      surroundings: () => ({
        ownAddresses: { addresses: [parseAddress(GATEWAY)] },
        gateways: { addresses: [] },
        resolvers: { addresses: [] },
      }),
      onObserved: (news) => this.news.push(news),
      keys: [1, 2, 3, 4],
    });
    this.watch.changePolicy({ policy, compiled });
  }

  /** The kernel tells of a connection. */
  see(text: EntryText): void {
    const seen = entry(text);
    const nowMs = Date.now();
    this.table.observe(seen, nowMs, (change) => this.watch.take(change, seen, nowMs));
  }

  /** A connection of its own begins. @returns what tells it */
  begin(to: string, change: EntryText = {}): EntryText {
    this.#connections += 1;
    const nth = this.#connections;
    const from = `${HOST} ${20_000 + (nth % 40_000)}`;
    const text = { from, to, id: nth, eventAtMs: Date.now(), ...change };
    this.see(text);
    return text;
  }

  /** One that is answered and comes to its end. */
  visit(to: string, change: EntryText = {}): void {
    const text = { ...this.begin(to, change), replied: true };
    this.see({ ...text, event: 'update' });
    this.see({ ...text, event: 'destroy', counters: [400, 5, 900, 4] });
  }

  pass(ms: number): void {
    vi.advanceTimersByTime(ms);
    this.watch.advance(Date.now());
  }

  profile(host = HOST) {
    return this.watch.detection.profiles.get(parseAddress(host))?.profile;
  }

  /** Hosts and severities of the open incidents. */
  get incidents(): string[] {
    const last = new Map(this.news.map(({ incident }) => [incident.id, incident]));
    return [...last.values()].map(({ host, severity }) => `${host} ${severity}`);
  }
}

/** Port 4444 of `count` addresses, of which nobody is heard. */
function sweep(watched: Watched, count: number, change: EntryText = {}): EntryText[] {
  return Array.from({ length: count }, (_, i) => watched.begin(`192.0.2.${i + 1} 4444`, change));
}

/** The host is answered a few times, and known from then on. */
function introduce(watched: Watched): HostProfile {
  for (let times = 0; times < 3; times += 1) watched.visit('203.0.113.1 443');
  const profile = watched.profile();
  if (profile === undefined) throw new Error('the host is not known');
  return profile;
}

describe('AnomalyWatch', () => {
  let watched: Watched;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW });
    watched = new Watched('{scan: {}}');
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  describe('connections that nobody answers', () => {
    it('make a scan as soon as it is clear that nobody will', () => {
      sweep(watched, 30);
      watched.pass(PATIENCE_MS - 1);
      expect(watched.news).toEqual([]);
      watched.pass(1);
      expect(watched.incidents).toEqual([`${HOST} high`]);
    });

    it.each<[string, EntryText]>([
      ['ICMP echo', { protocol: 1, icmp: { type: 8, code: 0, id: 7 } }],
      ['an inside host of no group', { from: '172.16.0.9 1000' }],
    ])('count for %s too', (_, change) => {
      sweep(watched, 30, change);
      watched.pass(PATIENCE_MS);
      expect(watched.incidents).toHaveLength(1);
    });

    it.each<[string, (watched: Watched) => void]>([
      ['are UDP, where silence is normal', (w) => sweep(w, 30, { protocol: 17 })],
      ['are no echo requests', (w) => sweep(w, 30, { protocol: 1, icmp: { type: 13, code: 0, id: 7 } })],
      [
        'stood before the watch began',
        (w) => sweep(w, 30, { event: 'dump', startedAtMs: NOW - 60_000, eventAtMs: 0 }),
      ],
      [
        'are opened to a host of ours from elsewhere',
        (w) => {
          for (let port = 1; port <= 30; port += 1) w.begin(`${HOST} ${port}`, { from: '203.0.113.9 999' });
        },
      ],
      [
        'are opened to this machine from elsewhere',
        (w) => {
          for (let port = 1; port <= 30; port += 1)
            w.begin(`${GATEWAY} ${port}`, { from: '203.0.113.9 999' });
        },
      ],
      [
        'are answered in time',
        (w) => {
          for (const text of sweep(w, 30)) w.see({ ...text, event: 'update', replied: true });
        },
      ],
    ])('say nothing when they %s', (_, act) => {
      act(watched);
      watched.pass(PATIENCE_MS);
      expect(watched.news).toEqual([]);
      expect(watched.profile()?.head[SCAN_RATIO] ?? 0).toBeLessThanOrEqual(0);
    });

    it('count when a walk tells their start more exactly meanwhile', () => {
      const texts = sweep(watched, 30);
      for (const text of texts) watched.see({ ...text, event: 'dump', startedAtMs: Date.now() - 0.25 });
      watched.pass(PATIENCE_MS);
      expect(watched.incidents).toEqual([`${HOST} high`]);
    });

    it('count once, not again when conntrack gives them up', () => {
      const texts = sweep(watched, 3);
      watched.pass(PATIENCE_MS);
      const ratio = watched.profile()?.head[SCAN_RATIO];
      expect(ratio).toBeGreaterThan(0);
      watched.pass(120_000);
      for (const text of texts) watched.see({ ...text, event: 'destroy', counters: [120, 3, 0, 0] });
      expect(watched.profile()?.head[SCAN_RATIO]).toBe(ratio);
    });
  });

  it('looks at nothing while no detector is on', () => {
    watched = new Watched('{}');
    sweep(watched, 30);
    watched.pass(PATIENCE_MS);
    expect(watched.watch.detection.profiles.size).toBe(0);
  });

  it('tells the profile how suspicious its host is', () => {
    expect(watched.profile()?.head[SUSPICION] ?? 0).toBe(0);
    sweep(watched, 30);
    watched.pass(PATIENCE_MS);
    const [last] = watched.news.slice(-1);
    expect(last.incident.score).toBeGreaterThanOrEqual(0.8);
    expect(watched.profile()?.head[SUSPICION]).toBe(last.incident.score);
  });

  it('counts what is suppressed, and says nothing of it', () => {
    const suppression: Suppression = {
      id: 'S1',
      incident: 'I1',
      detector: 'scan',
      host: HOST,
      destination: null,
      service: null,
      reason: 'the inventory',
      actor: 'laptop',
      createdAtMs: NOW,
      untilMs: NOW + DAY,
      state: 'active',
      endedAtMs: null,
    };
    watched.suppressions.add(suppression);
    sweep(watched, 30);
    watched.pass(PATIENCE_MS);
    expect(watched.news).toEqual([]);
    expect(watched.suppressions.hits('S1')).toBeGreaterThan(0);
    expect(watched.profile()?.head[SUSPICION]).toBe(0);
  });

  describe('hostile input', () => {
    it('made-up sources drive out each other, not who is known', () => {
      const known = introduce(watched);
      known.head[HOURS_WATCHED] = 99;
      let most = 0;
      for (let i = 0; i < 20_000; i += 1) {
        const source = `10.${2 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
        watched.begin('203.0.113.9 80', { from: `${source} 1000` });
        most = Math.max(most, watched.watch.detection.profiles.size);
        if (i % 1_000 === 0) watched.pass(1_000);
      }
      watched.pass(PATIENCE_MS);
      expect(most).toBeLessThanOrEqual(1_100);
      expect(watched.watch.detection.profiles.established).toBe(1);
      expect(watched.profile()).toBe(known);
      expect(known.head[HOURS_WATCHED]).toBe(99);
      expect(watched.news).toEqual([]);
    });

    it('do not hide the scan of a host that is known', () => {
      introduce(watched);
      for (let i = 0; i < 6_000; i += 1) {
        watched.begin('203.0.113.9 80', { from: `10.2.${i >> 8}.${i & 255} 1000` });
        if (i % 200 === 0) watched.begin(`192.0.2.${i / 200 + 1} 22`);
      }
      watched.pass(PATIENCE_MS);
      expect(watched.incidents).toEqual([`${HOST} high`]);
    });
  });

  /** Fifteen pages, then a scan; what comes of it must not depend on how the events arrive. */
  const story = (w: Watched, deliver: (w: Watched, text: EntryText) => void): unknown => {
    const all: EntryText[] = [];
    for (let i = 1; i <= 15; i += 1) {
      const page = {
        from: `${HOST} ${1_000 + i}`,
        to: `203.0.113.${i} 8443`,
        id: i,
        eventAtMs: Date.now() + i,
      };
      all.push(page, { ...page, event: 'update', replied: true });
      all.push({ ...page, event: 'destroy', replied: true, counters: [400, 5, 900, 4] });
    }
    for (let i = 1; i <= 30; i += 1)
      all.push({
        from: `${HOST} ${2_000 + i}`,
        to: `192.0.2.${i} 22`,
        id: 100 + i,
        eventAtMs: Date.now() + i,
      });
    for (const text of all) deliver(w, text);
    w.pass(PATIENCE_MS);
    return w.news.at(-1)?.incident.reasons;
  };

  it.each<[string, (w: Watched, text: EntryText) => void]>([
    [
      'twice',
      (w, text) => {
        w.see(text);
        w.see(text);
      },
    ],
    [
      'after a walk has shown the connection',
      (w, text) => {
        if (text.event === undefined) w.see({ ...text, event: 'update' });
        w.see(text);
      },
    ],
    [
      'with the beginning told again after the end',
      (w, text) => {
        w.see(text);
        if (text.event === 'destroy') w.see({ ...text, event: 'update', startedAtMs: 0 });
      },
    ],
  ])('events that come %s make no other story', (_, deliver) => {
    const expected = story(new Watched('{scan: {}}'), (w, text) => w.see(text));
    expect(expected).toEqual(expect.arrayContaining([expect.stringContaining('tried 30 addresses')]));
    vi.setSystemTime(NOW);
    expect(story(watched, deliver)).toEqual(expected);
  });

  it.each([
    ['an hour in which nothing happens is learnt', 30 * 60_000, 4],
    ['hours that nobody watched, because the clock was ahead or the machine slept, are not', 3 * DAY, 0],
  ])('%s', (_, stepMs, learnt) => {
    vi.setSystemTime(NOW + 1);
    const profile = introduce(watched);
    watched.pass(HOUR);
    watched.visit('203.0.113.1 443');
    const before = profile.head[HOURS_WATCHED];
    for (let step = 0; step < 8; step += 1) {
      vi.setSystemTime(Date.now() + stepMs);
      watched.visit('203.0.113.1 443');
    }
    expect(profile.head[HOURS_WATCHED] - before).toBe(learnt);
  });

  describe.each([
    ['back by a minute', -60_000],
    ['back by a day', -DAY],
    ['back to the beginning of time', -NOW],
    ['ahead by a day', DAY],
    ['ahead by fifty years', 50 * 365 * DAY],
  ])('when the clock is set %s', (_, jumpMs) => {
    const jump = () => vi.setSystemTime(Date.now() + jumpMs);

    it('a scan is found that begins afterwards', () => {
      watched.pass(1_000);
      jump();
      watched.pass(1_000);
      sweep(watched, 30);
      watched.pass(PATIENCE_MS);
      expect(watched.incidents).toEqual([`${HOST} high`]);
    });

    it('who reads pages is suspected of nothing, by any detector', () => {
      watched = new Watched(
        '{scan: {}, failedConnections: {}, beacon: {}, volume: {}, oddHours: {}, fanOut: {}}',
      );
      const read = () => {
        for (let i = 1; i <= 30; i += 1) {
          watched.visit(`203.0.113.${i} 443`);
          watched.pass(700 * i);
        }
      };
      read();
      jump();
      read();
      expect(watched.news.map(({ incident }) => incident.cause)).toEqual([]);
    });
  });
});
