import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatPrefix } from '../../../src/address/prefix.ts';
import { DenyListFeeds } from '../../../src/policy/feed.ts';
import { loadPolicyFile } from '../../../src/policy/loader.ts';
import { policyText } from './sources.ts';

const HOUR = 3_600_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'feed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const feed = (text: string) => writeFileSync(path.join(folder, 'feed.txt'), text);
function feeds(fields: string, from: string | null = folder): DenyListFeeds {
  feed('192.0.2.1\n');
  const lists = `  denyLists: [{id: inline, cidrs: [198.51.100.1]}, {id: d, file: feed.txt, format: text${fields}}]\n`;
  writeFileSync(path.join(folder, 'p.yaml'), policyText(lists));
  const result = loadPolicyFile(path.join(folder, 'p.yaml'));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return new DenyListFeeds(result.policy, from, 0);
}
const texts = (given: DenyListFeeds, nowMs: number) => {
  const { lists, changed, problems } = given.refresh(nowMs);
  return {
    lists: lists.map(({ prefixes }) => prefixes.map(formatPrefix).join()),
    changed,
    problems: problems.length,
  };
};

describe('a feed that is read again', () => {
  test('at its time, not before', () => {
    const given = feeds(', refresh: 1h');
    feed('192.0.2.2\n');
    expect(given.nextAtMs).toBe(HOUR);
    expect(texts(given, HOUR - 1)).toEqual({
      lists: ['198.51.100.1/32', '192.0.2.1/32'],
      changed: false,
      problems: 0,
    });
    expect(texts(given, HOUR)).toEqual({
      lists: ['198.51.100.1/32', '192.0.2.2/32'],
      changed: true,
      problems: 0,
    });
    expect(given.nextAtMs).toBe(2 * HOUR);
  });

  test.each([
    ['keepLast', '192.0.2.1/32'],
    ['drop', ''],
  ])('with a bad line: %s', (onError, list) => {
    const given = feeds(`, refresh: 1h, onError: ${onError}`);
    feed('192.0.2.2\nnonsense\n');
    expect(texts(given, HOUR)).toEqual({
      lists: ['198.51.100.1/32', list],
      changed: list === '',
      problems: 1,
    });
    expect(given.refresh(2 * HOUR).problems[0]).toMatchObject({ file: 'feed.txt', line: 2, column: 1 });
    feed('192.0.2.3\n');
    expect(texts(given, 3 * HOUR).lists[1]).toBe('192.0.2.3/32');
  });

  test('when the file is gone, until it is too old', () => {
    const given = feeds(', refresh: 1h, maxAge: 150m');
    rmSync(path.join(folder, 'feed.txt'));
    expect(texts(given, HOUR)).toEqual({
      lists: ['198.51.100.1/32', '192.0.2.1/32'],
      changed: false,
      problems: 1,
    });
    expect(texts(given, 2 * HOUR).lists[1]).toBe('192.0.2.1/32');
    expect(given.nextAtMs).toBe(2.5 * HOUR);
    expect(texts(given, 2.5 * HOUR)).toEqual({ lists: ['198.51.100.1/32', ''], changed: true, problems: 1 });
    feed('192.0.2.4\n');
    expect(texts(given, 3 * HOUR)).toEqual({
      lists: ['198.51.100.1/32', '192.0.2.4/32'],
      changed: true,
      problems: 0,
    });
  });
});

test('without refresh or maxAge there is nothing to do', () => {
  expect(feeds('').nextAtMs).toBeNull();
});

test('without a folder only age counts', () => {
  const given = feeds(', refresh: 1h, maxAge: 2h', null);
  expect(given.nextAtMs).toBe(2 * HOUR);
  expect(texts(given, 2 * HOUR)).toEqual({ lists: ['198.51.100.1/32', ''], changed: true, problems: 1 });
});
