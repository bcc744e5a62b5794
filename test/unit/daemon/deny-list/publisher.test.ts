import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Publisher } from '../../../../src/daemon/deny-list/publisher.ts';
import type { Outcome } from '../../../../src/engine/commands.ts';
import type { DenyList } from '../../../../src/policy/policy.ts';
import { loadGood } from '../../policy/sources.ts';

const LISTS = loadGood('  denyLists: [{id: inline, cidrs: [198.51.100.1]}]\n').denyLists;
const FRESH = { changed: true, recovered: false, news: [] };
const TROUBLE = { changed: false, recovered: false, news: ['deny list d: is slow'] };
const REFUSED: Outcome<never> = { ok: false, refusal: { code: 'failed', message: 'the disk is full' } };

let asked: string[];
let answers: (Outcome<never> | Error)[];
let said: unknown[][];
let lists: readonly DenyList[];
let ending: AbortController;
let publisher: Publisher;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, said, lists, ending] = [[], [], [], LISTS, new AbortController()];
  const log = { error: (...words: unknown[]) => void said.push(words), info: () => {} };
  const engine = {
    call: async (name: string, params: object) => {
      asked.push(
        `${name} ${'lists' in params ? (params.lists as DenyList[]).length : JSON.stringify(params)}`,
      );
      const answer = answers.shift() ?? { ok: true, result: {} as never };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onNotice: () => () => {},
  };
  publisher = new Publisher({ engine, policyDigest: 'p', lists: () => lists, log, signal: ending.signal });
});
afterEach(() => void vi.useRealTimers());

test('news are recorded and logged, fresh lists are handed over', async () => {
  await publisher.publish(TROUBLE);
  await publisher.publish(FRESH);
  expect(asked).toEqual([
    'record {"entries":[{"type":"denyLists.failed","actor":"penstock","body":{"policyDigest":"p","problems":["deny list d: is slow"]}}]}',
    'refreshDenyLists 1',
  ]);
  expect(said).toEqual([['deny list d: is slow']]);
});

test('a recovery is recorded by what fresh lists record', async () => {
  await publisher.publish({ changed: false, recovered: true, news: [] });
  expect(asked).toEqual(['refreshDenyLists 1']);
});

test('nothing new asks for nothing', async () => {
  await publisher.publish({ changed: false, recovered: false, news: [] });
  expect(asked).toEqual([]);
});

test.each([['refuses'], ['is gone']])(
  'what an engine that %s did not take comes again, as it is then',
  async (how) => {
    const no = how === 'refuses' ? REFUSED : new Error('gone');
    answers = [no, no, no, no];
    await publisher.publish({ ...FRESH, ...TROUBLE, changed: true });
    expect(asked).toHaveLength(2);
    lists = [...LISTS, ...LISTS];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.slice(4)).toEqual([expect.stringContaining('is slow'), 'refreshDenyLists 2']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(6);
  },
);

test('lists of a policy that is no longer in force are not offered again', async () => {
  answers = [{ ok: false, refusal: { code: 'conflict', message: 'another policy is in force now' } }];
  await publisher.publish(FRESH);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual(['refreshDenyLists 1']);
});

test('after the end nothing comes any more', async () => {
  answers = [REFUSED];
  await publisher.publish(FRESH);
  ending.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  await publisher.publish(TROUBLE);
  expect(asked).toEqual(['refreshDenyLists 1']);
});
