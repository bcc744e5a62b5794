import { describe, expect, it } from 'vitest';
import { type Fetch, repeatingChanges } from '../../../src/penstock-client/src/index.ts';

const URL = 'http://127.0.0.1/v1/tokens';
const KEY = 'idempotency-key';

/** Loses the first `losses` answers; what it was asked is kept. */
function lossy(losses: number) {
  const asked: { method: string; key: string | null; body: string }[] = [];
  const fetch: Fetch = async (request) => {
    asked.push({ method: request.method, key: request.headers.get(KEY), body: await request.text() });
    if (asked.length <= losses) throw new TypeError('lost');
    return new Response('{}');
  };
  return { asked, fetch: repeatingChanges(fetch, (error) => error instanceof TypeError) };
}

describe('a change whose answer is lost', () => {
  it.each(['POST', 'PUT', 'DELETE'])('%s is asked again once, under the same key', async (method) => {
    const { asked, fetch } = lossy(1);
    const body = method === 'DELETE' ? null : '{"a":1}';
    expect((await fetch(new Request(URL, { method, body }))).ok).toBe(true);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toMatchObject({ key: expect.stringMatching(/^[0-9a-f-]{36}$/), body: body ?? '' });
  });
  it('is asked again no more than once', async () => {
    const { asked, fetch } = lossy(2);
    await expect(fetch(new Request(URL, { method: 'POST', body: '{}' }))).rejects.toThrow('lost');
    expect(asked).toHaveLength(2);
  });
  it('keeps the key that the caller chose', async () => {
    const { asked, fetch } = lossy(1);
    await fetch(new Request(URL, { method: 'POST', headers: { [KEY]: 'mine' }, body: '{}' }));
    expect(asked.map(({ key }) => key)).toEqual(['mine', 'mine']);
  });
});

it('two changes have two keys', async () => {
  const { asked, fetch } = lossy(0);
  for (let i = 0; i < 2; i++) await fetch(new Request(URL, { method: 'POST', body: '{}' }));
  expect(asked[0].key).not.toBe(asked[1].key);
});

it('what certainly was not received is not asked again, and reading needs no key', async () => {
  const { asked, fetch } = lossy(1);
  await expect(fetch(new Request(URL))).rejects.toThrow('lost');
  expect(asked).toEqual([{ method: 'GET', key: null, body: '' }]);
  const refused: Fetch = async () => {
    throw new Error('refused');
  };
  const once = repeatingChanges(refused, () => false);
  await expect(once(new Request(URL, { method: 'POST', body: '{}' }))).rejects.toThrow('refused');
});
