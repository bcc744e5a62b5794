import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/decision/decision.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { diffDecisions, diffRevisions } from '../../../src/ledger/revision-difference.ts';
import { freshPath, openLedger } from './files.ts';
import { decision, proposed, revision, stored } from './samples.ts';

const ids = (decisions: readonly Decision[]) => decisions.map(({ id }) => id);
const summary = (then: Decision[], now: Decision[]) => {
  const { added, removed, changed, more } = diffDecisions(then, now);
  return { added: ids(added), removed: ids(removed), changed: changed.map(({ to }) => to.id), more };
};
const NOTHING = { added: [], removed: [], changed: [], more: 0 };
const active = (number: number, changes: Partial<Decision> = {}) =>
  decision(number, { state: 'active', answerByMs: null, ...changes });
const elsewhere = { target: { kind: 'destination', prefix: '192.0.2.1/32' } } as const;

describe('the difference between what stood at two times', () => {
  it.each<[string, Decision[], Decision[], object]>([
    ['nothing', [active(1)], [active(1)], {}],
    ['what came', [], [active(1)], { added: ['D1'] }],
    ['what went', [active(1)], [], { removed: ['D1'] }],
    ['another state', [decision(1)], [active(1)], { changed: ['D1'] }],
    ['another end', [active(1)], [active(1, { expiresAtMs: 9 })], { changed: ['D1'] }],
    ['not how it got into the kernel', [active(1)], [active(1, { enforcement: { status: 'none' } })], {}],
    ['not the number that a rollback gave it', [active(1)], [active(5)], {}],
    [
      'another block under another number',
      [active(1)],
      [active(5, elsewhere)],
      { added: ['D5'], removed: ['D1'] },
    ],
    ['one of two alike', [active(1), active(2)], [active(2)], { removed: ['D1'] }],
    ['one of two alike under another number', [active(1), active(2)], [active(5)], { removed: ['D2'] }],
  ])('is %s', (_, then, now, expected) => {
    expect(summary(then, now)).toEqual({ ...NOTHING, ...expected });
  });

  it('is bounded', () => {
    const many = Array.from({ length: 1_003 }, (_, i) => active(i + 1));
    expect(summary([], many)).toMatchObject({ added: { length: 1_000 }, more: 3 });
  });
});

describe('the difference between two revisions', () => {
  const policy = (
    mode: string,
  ) => `apiVersion: penstock/v1\nkind: EgressPolicy\nmetadata: {name: office, owner: o}
spec: {mode: ${mode}}\n`;
  const numbered = (number: number, digest: string): EntryDraft => revision(number, digest);
  const entries: EntryDraft[] = [
    stored('p1', policy('respond')),
    numbered(1, 'p1'),
    proposed(1),
    numbered(2, 'p1'),
    stored('p2', policy('audit')),
    numbered(3, 'p2'),
    stored('p9', 'apiVersion: penstock/v9'),
    numbered(4, 'p9'),
  ];

  const diff = (from: number, to: number) => {
    const ledger = openLedger(freshPath());
    ledger.append(entries, { sync: false });
    return diffRevisions(ledger.queries, { from, to });
  };

  it('is in decisions', () => {
    expect(diff(1, 2)).toMatchObject({
      policy: null,
      unreadable: [],
      decisions: { added: [{ id: 'D1' }], removed: [], changed: [] },
    });
  });

  it('is in the policy', () => {
    expect(diff(2, 3)).toMatchObject({
      policy: { parts: [{ part: 'mode', fields: [{ from: 'respond', to: 'audit' }] }] },
      decisions: NOTHING,
    });
  });

  it('tells which policy it cannot read', () => {
    expect(diff(4, 3)).toMatchObject({ policy: null, unreadable: [4] });
  });

  it('is none without such a revision', () => {
    expect(diff(1, 9)).toBeUndefined();
    expect(diff(9, 1)).toBeUndefined();
  });
});
