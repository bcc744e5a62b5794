import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPrefix } from '../../../../src/address/prefix.ts';
import type { FeedFailureCode } from '../../../../src/policy/feed/failure.ts';
import type { FeedChange, FeedOutcome } from '../../../../src/policy/feed/feed-state.ts';
import { DenyListFeeds } from '../../../../src/policy/feed/feeds.ts';
import { parseFeed, parseOrder } from '../../../../src/policy/feed/parser.ts';
import type { DenyList } from '../../../../src/policy/policy.ts';
import { prefixesOf } from '../../../../src/policy/prefix-columns.ts';
import { loadGood } from '../sources.ts';

const HOUR = 3_600_000;
const URL_LIST = 'url: "https://feeds.example/drop.txt?key=secret", format: text';
const FILE_LIST = 'file: f, format: text, refresh: 1h';

function feeds(fields = URL_LIST, readsFiles = true): DenyListFeeds {
  const lists = `  hostGroups: {lan: {cidrs: [203.0.113.0/24]}}
  denyLists: [{id: inline, cidrs: [198.51.100.1]}, {id: d, ${fields}}]
`;
  return new DenyListFeeds(loadGood(lists, { f: '192.0.2.1\n' }), 0, readsFiles);
}

/** What was read at `atMs`, as the daemon would hand it on. */
function good(given: DenyListFeeds, text: string, atMs: number): FeedOutcome {
  const order = parseOrder(given.fed[0].feed, given.protected, atMs);
  return { ok: true, content: { sha256: text, fetchedAtMs: atMs }, parsed: parseFeed(text, order) };
}

const bad = (code: FeedFailureCode = 'unreadable'): FeedOutcome => ({
  ok: false,
  failure: { code, message: `is ${code}` },
});

function texts(given: DenyListFeeds): string[] {
  return given.lists.map(({ prefixes }: DenyList) => [...prefixesOf(prefixes)].map(formatPrefix).join());
}

/** One refresh that is due. */
function refresh(given: DenyListFeeds, outcome: FeedOutcome, atMs: number): FeedChange {
  expect(given.due(atMs).map(({ id }) => id)).toEqual(['d']);
  return given.take('d', outcome, atMs);
}

const hosts = (count: number) => Array.from({ length: count }, (_, i) => `198.51.100.${i}`).join('\n');

describe('when a list is read', () => {
  test('a URL at once, then at each refresh', () => {
    const given = feeds();
    expect(given.nextAtMs).toBe(Number.NEGATIVE_INFINITY);
    refresh(given, good(given, '192.0.2.2', 5), 5);
    expect(given.nextAtMs).toBe(5 + HOUR);
    expect(given.due(4 + HOUR)).toEqual([]);
    refresh(given, bad(), 5 + HOUR);
    expect(given.nextAtMs).toBe(5 + 2 * HOUR);
  });

  test('a file at its first refresh, for it came with the policy', () => {
    const given = feeds(FILE_LIST);
    expect(given.nextAtMs).toBe(HOUR);
    expect(texts(given)).toEqual(['198.51.100.1/32', '192.0.2.1/32']);
    refresh(given, good(given, '192.0.2.2', HOUR), HOUR);
    expect(texts(given)).toEqual(['198.51.100.1/32', '192.0.2.2/32']);
    expect(given.nextAtMs).toBe(2 * HOUR);
  });

  test('not again while it is being read', () => {
    const given = feeds();
    expect(given.due(0)).toHaveLength(1);
    expect(given.due(0)).toEqual([]);
    expect(given.nextAtMs).toBeNull();
  });

  test('never without refresh', () => {
    expect(feeds('file: f, format: text').nextAtMs).toBeNull();
  });

  test('a file never without a folder: then only age counts', () => {
    const given = feeds(`${FILE_LIST}, maxAge: 2h`, false);
    expect(given.nextAtMs).toBe(2 * HOUR);
    expect(given.expire(2 * HOUR)).toMatchObject({
      changed: true,
      news: [expect.stringContaining('older than maxAge')],
    });
    expect(texts(given)).toEqual(['198.51.100.1/32', '']);
    expect(given.nextAtMs).toBeNull();
  });
});

describe('good content', () => {
  test('takes the place of the last, and says which it is', () => {
    const given = feeds();
    expect(refresh(given, good(given, '192.0.2.2', 5), 5)).toEqual({
      changed: true,
      recovered: false,
      taken: true,
      news: [],
    });
    expect(given.lists[1]).toMatchObject({ content: { sha256: '192.0.2.2', fetchedAtMs: 5 } });
    expect(given.lists[0].content).toBeNull();
  });

  test('that holds the same networks changes nothing but its age', () => {
    const given = feeds();
    refresh(given, good(given, '192.0.2.2', 5), 5);
    const change = refresh(given, good(given, '# again\n192.0.2.2', HOUR + 5), HOUR + 5);
    expect(change).toEqual({ changed: false, recovered: false, taken: true, news: [] });
    expect(given.lists[1].content?.fetchedAtMs).toBe(HOUR + 5);
  });

  test('that the list holds already is known, unless it is a matter of time', () => {
    const given = feeds();
    expect(given.known('d', '192.0.2.2')).toBeUndefined();
    refresh(given, good(given, '192.0.2.2\n203.0.113.9', 5), 5);
    const known = given.known('d', '192.0.2.2\n203.0.113.9');
    expect(known).toMatchObject({ ok: true, prefixes: { length: 1 }, leftOut: { count: 1 } });
    expect(given.known('d', '192.0.2.3')).toBeUndefined();
    const timed = feeds(URL_LIST.replace('text', 'stix'));
    const pattern = "[ipv4-addr:value = '192.0.2.2']";
    const bundle = JSON.stringify({ objects: [{ type: 'indicator', pattern }] });
    refresh(timed, good(timed, bundle, 5), 5);
    expect(timed.known('d', bundle)).toBeUndefined();
  });

  test('of an earlier run is in force until it is due, by its own age', () => {
    const given = feeds(`${URL_LIST}, maxAge: 2h`);
    const kept = good(given, '192.0.2.2', 0);
    if (!kept.ok) throw new Error('not good');
    expect(given.restore('d', kept.content, kept.parsed, HOUR / 2).changed).toBe(true);
    expect(texts(given)[1]).toBe('192.0.2.2/32');
    expect(given.nextAtMs).toBe(HOUR);
    expect(given.expire(2 * HOUR).changed).toBe(true);
    expect(texts(given)[1]).toBe('');
  });

  test('of an earlier run that is no good any more is left, and fresh content is due at once', () => {
    const given = feeds();
    const kept = good(given, '0.0.0.0/0', 0);
    if (!kept.ok) throw new Error('not content');
    expect(given.restore('d', kept.content, kept.parsed, 5)).toMatchObject({ changed: false, news: [] });
    expect(given.due(5)).toHaveLength(1);
  });

  test('from the future is as old as now: a clock that was set back keeps nothing for ever', () => {
    const given = feeds(`${URL_LIST}, maxAge: 2h`);
    refresh(given, good(given, '192.0.2.2', 100 * HOUR), HOUR);
    expect(given.nextAtMs).toBe(2 * HOUR);
    given.due(2 * HOUR);
    expect(given.nextAtMs).toBe(3 * HOUR);
  });
});

describe('bad content', () => {
  test('keeps the last good one and is told once, until the cause changes or it is over', () => {
    const given = feeds();
    refresh(given, good(given, '192.0.2.2', 0), 0);
    const news = [
      bad(),
      bad(),
      bad('slow'),
      good(given, 'nonsense', 0),
      good(given, 'other nonsense', 0),
      good(given, '0.0.0.0/0', 0),
      good(given, '192.0.2.3', 6 * HOUR),
      bad(),
    ].map((outcome, i) => {
      const change = refresh(given, outcome, (i + 1) * HOUR);
      expect(change.recovered).toBe(i === 6);
      expect(texts(given)[1]).toBe(i < 6 ? '192.0.2.2/32' : '192.0.2.3/32');
      return change.news.map((sentence) => sentence.split(';')[0]);
    });
    expect(news).toEqual([
      ['deny list d: is unreadable'],
      [],
      ['deny list d: is slow'],
      ["deny list d: feeds.example:1:1: 'nonsense' is not an IP address"],
      [],
      ['deny list d: feeds.example:1:1: 0.0.0.0/0 is wider than /8'],
      [],
      ['deny list d: is unreadable'],
    ]);
  });

  test('says what stands, and never more of the URL than its host', () => {
    const given = feeds();
    expect(refresh(given, bad(), 0).news).toEqual(['deny list d: is unreadable; the list is empty']);
    refresh(given, good(given, hosts(3), HOUR), HOUR);
    const [sentence] = refresh(given, good(given, 'a\nb\nc\nd\n', 0), 2 * HOUR).news;
    expect(sentence).toMatch(
      /, and 1 more; the last good content stays, 3 networks of 1970-01-01T01:00:00.000Z$/,
    );
    expect(sentence).not.toContain('secret');
  });

  test('with onError drop empties the list, and is told once', () => {
    const given = feeds(`${URL_LIST}, onError: drop`);
    refresh(given, good(given, '192.0.2.2', 0), 0);
    expect(refresh(given, bad(), HOUR)).toEqual({
      changed: true,
      recovered: false,
      taken: false,
      news: ['deny list d: is unreadable; the list is empty'],
    });
    expect(texts(given)[1]).toBe('');
    expect(refresh(given, bad(), 2 * HOUR)).toMatchObject({ changed: false, news: [] });
  });

  test('is dropped when it is too old, told with its cause, and not again', () => {
    const given = feeds(`${URL_LIST}, maxAge: 150m`);
    refresh(given, good(given, '192.0.2.2', 0), 0);
    refresh(given, bad(), HOUR);
    refresh(given, bad(), 2 * HOUR);
    expect(given.nextAtMs).toBe(2.5 * HOUR);
    expect(given.expire(2.5 * HOUR - 1)).toMatchObject({ changed: false, news: [] });
    expect(given.expire(2.5 * HOUR)).toMatchObject({
      changed: true,
      news: ['deny list d: its content is older than maxAge: is unreadable; the list is empty'],
    });
    expect(given.expire(2.6 * HOUR)).toMatchObject({ changed: false, news: [] });
    expect(refresh(given, bad(), 3 * HOUR).news).toEqual([]);
    expect(refresh(given, good(given, '192.0.2.4', 4 * HOUR), 4 * HOUR)).toMatchObject({
      changed: true,
      recovered: true,
    });
  });
});

describe('a jump', () => {
  test('keeps the last good content, until the list is back', () => {
    const given = feeds();
    refresh(given, good(given, hosts(100), 0), 0);
    expect(refresh(given, good(given, hosts(20), HOUR), HOUR).news[0]).toContain('shrank from 100 to 20');
    expect(given.lists[1].prefixes).toHaveLength(100);
    expect(refresh(given, good(given, hosts(20), 2 * HOUR), 2 * HOUR)).toMatchObject({
      taken: false,
      news: [],
    });
    expect(refresh(given, good(given, hosts(60), 3 * HOUR), 3 * HOUR)).toMatchObject({
      taken: true,
      recovered: true,
    });
  });

  test('is none for the first content, nor after the last was dropped', () => {
    const given = feeds(`${URL_LIST}, maxAge: 90m`);
    expect(refresh(given, good(given, hosts(200), 0), 0).taken).toBe(true);
    expect(refresh(given, good(given, hosts(20), HOUR), HOUR).taken).toBe(false);
    given.expire(1.5 * HOUR);
    expect(refresh(given, good(given, hosts(20), 2 * HOUR), 2 * HOUR)).toMatchObject({
      taken: true,
      recovered: true,
    });
  });
});

test('what is ours is left out, told once, and the rest is used', () => {
  const given = feeds();
  const text = '192.0.2.2\n203.0.113.9\n';
  expect(refresh(given, good(given, text, 0), 0)).toEqual({
    changed: true,
    recovered: false,
    taken: true,
    news: ['deny list d: 203.0.113.9/32 is ours (203.0.113.0/24): left out of the list, the rest is used'],
  });
  expect(texts(given)[1]).toBe('192.0.2.2/32');
  expect(refresh(given, good(given, text, HOUR), HOUR).news).toEqual([]);
  expect(refresh(given, good(given, '192.0.2.2', 2 * HOUR), 2 * HOUR).recovered).toBe(true);
});

test('the status says what a person asks', () => {
  const given = feeds();
  expect(given.status).toEqual([
    {
      list: 'd',
      source: { file: null, url: 'https://feeds.example/drop.txt?key=secret' },
      prefixes: 0,
      unusable: 0,
      leftOut: 0,
      fetchedAtMs: null,
      triedAtMs: null,
      trouble: null,
    },
  ]);
  refresh(given, good(given, '192.0.2.2\n203.0.113.9\n', 7), 7);
  refresh(given, bad(), 7 + HOUR);
  refresh(given, bad(), 7 + 2 * HOUR);
  expect(given.status[0]).toMatchObject({
    prefixes: 1,
    leftOut: 1,
    fetchedAtMs: 7,
    triedAtMs: 7 + 2 * HOUR,
    trouble: { code: 'unreadable', message: 'is unreadable', sinceMs: 7 + HOUR },
  });
});

test('whatever happens, a list holds good content that is young enough or nothing, and no trouble is told twice in a row', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 3 * HOUR }),
    what: fc.constantFrom('192.0.2.2', '192.0.2.3', 'nonsense', '0.0.0.0/0', '', 'unreadable', 'slow'),
  });
  const property = fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, drops) => {
    const given = feeds(`${URL_LIST}, maxAge: 4h${drops ? ', onError: drop' : ''}`);
    let nowMs = 0;
    let lastGood: { text: string; atMs: number } | undefined;
    let last: string | undefined;
    for (const { waitMs, what } of steps) {
      nowMs += waitMs;
      const news = [...given.expire(nowMs).news];
      if (given.due(nowMs).length > 0) {
        const isGood = /^192/.test(what);
        const outcome = what === 'unreadable' || what === 'slow' ? bad(what) : good(given, what, nowMs);
        const change = given.take('d', outcome, nowMs);
        news.push(...change.news);
        if (isGood) lastGood = { text: what, atMs: nowMs };
        else if (drops) lastGood = undefined;
        if (isGood) last = undefined;
      }
      for (const sentence of news) {
        expect(sentence).not.toBe(last);
        last = sentence;
      }
      const isYoung = lastGood !== undefined && nowMs < lastGood.atMs + 4 * HOUR;
      expect(texts(given)[1]).toBe(isYoung ? `${lastGood?.text}/32` : '');
    }
  });
  fc.assert(property, { numRuns: 300 });
});
