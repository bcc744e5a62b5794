import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { entryView } from '../../../../../../src/edges/api/schema/entry.ts';
import { checkChain } from '../../../../../../src/edges/console/app/page/audit-chain.ts';
import { entryOf, GENESIS, nextRow } from '../../../../../../src/ledger/chain.ts';
import type { EntryDraft } from '../../../../../../src/ledger/entry.ts';
import { SEED } from '../../../api/samples.ts';

const digest = async (text: string) => hash('sha256', text, 'hex');

/** As the API tells them after a trip through JSON. */
function told(drafts: readonly EntryDraft[]) {
  let head = GENESIS;
  return drafts.map((draft) => {
    const row = nextRow(head, draft);
    head = row;
    return JSON.parse(JSON.stringify(entryView(entryOf(row)))) as ReturnType<typeof entryView>;
  });
}

const ENTRIES = told([
  ...SEED,
  { type: 'token.created', actor: 'ä ö "x" \u2028', body: { name: 'n', role: 'viewer' } } as EntryDraft,
]);

describe('the chain of entries on a page', () => {
  test('is sound as the ledger wrote it, newest first too', async () => {
    const report = await checkChain(ENTRIES.toReversed(), digest);
    expect(report).toEqual({
      entries: ENTRIES.length,
      // The text of the policy is not sent.
      hashed: ENTRIES.length - 1,
      linked: ENTRIES.length - 1,
      faults: [],
    });
  });

  test('shows a change of who, of what and of when', async () => {
    for (const change of [
      { actor: 'mallory' },
      { atMs: 1 },
      { body: {} },
      { subject: 'D9' },
      { type: 'token.revoked' },
    ]) {
      const changed = ENTRIES.map((entry, i) => (i === 3 ? { ...entry, ...change } : entry));
      expect((await checkChain(changed, digest)).faults).toEqual([{ seq: 4, fault: 'hash' }]);
    }
  });

  test('shows an entry whose hash was made anew by the link of the next', async () => {
    const entry = ENTRIES[3] ?? expect.fail();
    const forged = { ...entry, hash: 'f'.repeat(64) };
    const { faults } = await checkChain(ENTRIES.with(3, forged), undefined);
    expect(faults).toEqual([{ seq: 5, fault: 'link' }]);
  });

  test('compares only neighbours: a filter leaves gaps', async () => {
    const every = ENTRIES.filter(({ seq }) => seq % 2 === 0);
    expect(await checkChain(every, digest)).toMatchObject({ linked: 0, hashed: every.length, faults: [] });
  });
});
