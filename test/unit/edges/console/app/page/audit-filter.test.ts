import { expect, test } from 'vitest';
import {
  auditFilterOf,
  auditQueryOf,
  auditSearchOf,
} from '../../../../../../src/edges/console/app/page/audit-filter.ts';
import { entryWords } from '../../../../../../src/edges/console/app/page/audit-words.ts';
import { decision, incident, revision } from '../../../api/samples.ts';

test('the filter of the log survives the address of the page', () => {
  const filter = { type: 'decision', actor: 'mona', subject: 'D1', since: '2026-11-30T14:00', until: '' };
  expect(auditFilterOf(auditSearchOf(filter))).toEqual(filter);
  expect(auditSearchOf(auditFilterOf(''))).toBe('');
});

test('the API is asked by local times as ms, and not by a time that is none yet', () => {
  const filter = { type: ' decision ', actor: '', subject: '', since: '2026-11-30T14:00', until: '2026-' };
  expect(auditQueryOf(filter)).toEqual({ type: 'decision', sinceMs: new Date(2026, 10, 30, 14).getTime() });
});

test.each([
  [{ decision: decision(1) }, 'block of 10.1.0.10 → 198.51.100.66, provisional'],
  [{ decision: decision(1), change: 'add', error: 'no room' }, /provisional: no room; change add$/],
  [{ incident: incident(1) }, 'medium policy violation: 10.1.0.10 → 198.51.100.66, 3 times'],
  [{ revision: revision(4) }, 'revision 4, policy, start'],
  [{ name: 'mona', role: 'viewer' }, 'name mona; role viewer'],
  [{ differences: ['a', 'b'], empty: [], nested: { x: 1 } }, 'differences a, b'],
  [{}, ''],
  // Whatever an older or a newer daemon wrote.
  [{ decision: null, incident: 7, revision: [] }, 'incident 7'],
])('an entry is told in one line: %#', (body, words) => {
  expect(entryWords({ body: body as never })).toEqual(
    typeof words === 'string' ? words : expect.stringMatching(words),
  );
});

test('one line is not longer than one line', () => {
  expect(entryWords({ body: { text: 'x'.repeat(5_000) } }).length).toBeLessThanOrEqual(300);
});
