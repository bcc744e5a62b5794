import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FeedStore, type StoredFeed, sha256 } from '../../../../src/daemon/deny-list/store.ts';

const URL = 'https://feeds.example/drop.txt';
const DAY = 24 * 3_600_000;

let stateDir: string;
let folder: string;
let store: FeedStore;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'penstock-store-'));
  folder = join(stateDir, 'deny-lists');
  store = new FeedStore(stateDir);
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

function stored(text: string, fetchedAtMs = 5): StoredFeed {
  const bytes = Buffer.from(text);
  return {
    content: { sha256: sha256(bytes), fetchedAtMs },
    bytes,
    validators: { etag: '"1"', lastModified: null },
  };
}

const files = (end: string) => readdirSync(folder).filter((name) => name.endsWith(end));
const pathOf = (end: string) => join(folder, files(end)[0]);

describe('what was kept', () => {
  test('comes back after a restart', async () => {
    await store.save('drop', URL, stored('one'));
    expect(await new FeedStore(stateDir).load('drop', URL)).toEqual(stored('one'));
  });

  test('is for root alone', async () => {
    await store.save('drop', URL, stored('one'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('is the last: nothing of the earlier is left', async () => {
    await store.save('drop', URL, stored('one'));
    await store.save('drop', URL, stored('two'));
    expect((await store.load('drop', URL))?.bytes.toString()).toBe('two');
    expect([files('.data'), files('.json'), readdirSync(folder)].map(({ length }) => length)).toEqual([
      1, 1, 2,
    ]);
  });

  test('of one list and URL is not that of another', async () => {
    await store.save('drop', URL, stored('one'));
    await store.save('drop', `${URL}?2`, stored('two'));
    await store.save('drop2', URL, stored('three'));
    const texts = [
      await store.load('drop', URL),
      await store.load('drop', `${URL}?2`),
      await store.load('drop2', URL),
    ];
    expect(texts.map((each) => each?.bytes.toString())).toEqual(['one', 'two', 'three']);
    expect(await store.load('other', URL)).toBeUndefined();
  });

  test('is confirmed without being written again', async () => {
    await store.save('drop', URL, stored('one'));
    const written = statSync(pathOf('.data')).ino;
    await store.confirm('drop', URL, stored('one', 99));
    expect(await store.load('drop', URL)).toEqual(stored('one', 99));
    expect(statSync(pathOf('.data')).ino).toBe(written);
  });
});

describe('what is not what was kept is none', () => {
  beforeEach(() => store.save('drop', URL, stored('one')));

  test.each([
    ['other content', () => writeFileSync(pathOf('.data'), 'two')],
    ['content that was cut off', () => writeFileSync(pathOf('.data'), 'on')],
    ['no content', () => rmSync(pathOf('.data'))],
    ['no description', () => rmSync(pathOf('.json'))],
    [
      'a description that was cut off',
      () => writeFileSync(pathOf('.json'), readFileSync(pathOf('.json')).subarray(0, 40)),
    ],
    ['a description that says nothing', () => writeFileSync(pathOf('.json'), '{}')],
    [
      'a description of another URL',
      () => writeFileSync(pathOf('.json'), readFileSync(pathOf('.json'), 'utf8').replace('drop.txt', 'x')),
    ],
    [
      'a path for a digest',
      () =>
        writeFileSync(
          pathOf('.json'),
          JSON.stringify({
            url: URL,
            sha256: '../../etc/passwd',
            fetchedAtMs: 1,
            etag: null,
            lastModified: null,
          }),
        ),
    ],
    [
      'a link to elsewhere',
      () => {
        writeFileSync(join(stateDir, 'elsewhere'), 'one');
        const path = pathOf('.data');
        rmSync(path);
        symlinkSync(join(stateDir, 'elsewhere'), path);
      },
    ],
  ])('%s', async (_, damage) => {
    damage();
    expect(await store.load('drop', URL)).toBeUndefined();
    // It heals by being saved again.
    await store.save('drop', URL, stored('one'));
    expect(await store.load('drop', URL)).toEqual(stored('one'));
  });

  test('a run that died while it wrote leaves the content of before', async () => {
    writeFileSync(
      join(folder, files('.data')[0].replace(/-[0-9a-f]{16}\.data/, '-0123456789abcdef.data')),
      'tw',
    );
    writeFileSync(join(folder, `.${files('.json')[0]}.${process.pid}`), '{"url":');
    expect(await store.load('drop', URL)).toEqual(stored('one'));
    await store.save('drop', URL, stored('two'));
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

test('a draft that is a link is not written through', async () => {
  await store.save('drop', URL, stored('one'));
  writeFileSync(join(stateDir, 'elsewhere'), 'precious');
  symlinkSync(join(stateDir, 'elsewhere'), join(folder, `.${files('.json')[0]}.${process.pid}`));
  await store.save('drop', URL, stored('two'));
  expect(readFileSync(join(stateDir, 'elsewhere'), 'utf8')).toBe('precious');
  expect(await store.load('drop', URL)).toEqual(stored('two'));
});

test('what no policy has named for a month goes, what is used stays', async () => {
  await store.save('used', URL, stored('one'));
  await store.save('unused', URL, stored('two'));
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), 1, 1);
  await store.save('recent', URL, stored('three'));
  await store.prune([{ id: 'used', url: URL }], Date.now());
  expect(await store.load('used', URL)).toBeDefined();
  expect(await store.load('unused', URL)).toBeUndefined();
  expect(await store.load('recent', URL)).toBeDefined();
  await store.prune([], Date.now() + 31 * DAY);
  expect(readdirSync(folder)).toEqual([]);
});

test('without a folder there is nothing, and nothing to remove', async () => {
  expect(await store.load('drop', URL)).toBeUndefined();
  await store.prune([], 0);
  expect(existsSync(folder)).toBe(false);
});
