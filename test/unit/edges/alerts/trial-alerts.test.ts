import { expect, test } from 'vitest';
import { alertOf } from '../../../../src/edges/alerts/alert.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import type { Trial, TrialEnd } from '../../../../src/ledger/trial.ts';
import { decision } from '../../ledger/samples.ts';
import { entry } from './entries.ts';

const TRIAL: Trial = {
  revision: 12,
  policyName: 'office',
  policyDigest: 'd',
  restoreTo: 11,
  actor: 'laptop',
  reason: 'tidy',
  begunAtMs: 0,
  deadlineMs: 61_000,
  bootId: 'b',
  begunUptimeMs: 0,
  deadlineUptimeMs: 61_000,
  lifts: [],
  state: 'waiting',
  end: null,
};
const ended = (state: Trial['state'], end: Partial<TrialEnd>): Trial => ({
  ...TRIAL,
  state,
  end: { atMs: 5, actor: 'duty', cause: 'confirmed', reason: '', revision: null, ...end },
});

test.each<[EntryDraft, string, string]>([
  [
    { type: 'trial.begun', actor: 'laptop', body: { trial: TRIAL } },
    'high',
    'Policy office of laptop is in force, but waits to be confirmed: if nobody does before 1970-01-01 00:01:01 UTC, revision 11 stands again. Confirm: penstock confirm 12 Take back now: penstock rollback 11',
  ],
  [
    { type: 'trial.confirmed', actor: 'duty', body: { trial: ended('confirmed', { reason: 'works' }) } },
    'low',
    'duty confirmed policy office (revision 12) of laptop: it stays. Reason: works. Undo: penstock rollback 11',
  ],
  [
    {
      type: 'trial.reverted',
      actor: 'penstock',
      body: {
        trial: ended('reverted', { cause: 'deadline', reason: 'nobody confirmed it in time', revision: 13 }),
      },
    },
    'high',
    'Policy office (revision 12) of laptop is taken back by penstock: nobody confirmed it in time. Revision 13 stands in its place. Look: penstock revisions',
  ],
  [
    {
      type: 'trial.reverted',
      actor: 'duty',
      body: { trial: ended('reverted', { cause: 'rollback', revision: 13 }) },
    },
    'medium',
    'Policy office (revision 12) of laptop is taken back by duty: no reason given. Revision 13 stands in its place. Look: penstock revisions',
  ],
  [
    {
      type: 'decision.reinstated',
      actor: 'duty',
      body: { decision: decision(9, { state: 'pending', expiresAtMs: null }) },
    },
    'high',
    'D9 waits for you again by a rollback of duty, not blocked yet: all traffic with 198.51.100.66/32. Answer before 1970-01-01 00:10 UTC: penstock approve D9, or penstock reject D9',
  ],
])('$type: what is read at 3 a.m.', (draft, severity, message) => {
  expect(alertOf(entry(draft))).toEqual({ severity, message });
});
