import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecisionState } from '../../../src/decision/decision.ts';
import type { Suppression } from '../../../src/incident/suppression.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { decision, incident, revision, suppression } from './samples.ts';

const states: DecisionState[] = [
  'pending',
  'provisional',
  'active',
  'rejected',
  'lapsed',
  'expired',
  'revoked',
];

/** The history of a few things, in any order of states: the ledger records, it does not judge. */
const draft: fc.Arbitrary<EntryDraft> = fc.oneof(
  fc.record({
    type: fc.constantFrom('incident.opened' as const, 'incident.updated' as const),
    actor: fc.string(),
    body: fc.record({
      incident: fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('open' as const, 'closed' as const), fc.nat())
        .map(([number, state, count]) => incident(number, { state, count })),
    }),
  }),
  fc.record({
    type: fc.constantFrom('decision.proposed' as const, 'enforcement.applied' as const),
    actor: fc.string(),
    body: fc.record({
      decision: fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...states))
        .map(([number, state]) => decision(number, { state })),
    }),
  }),
);

const suppressionDraft: fc.Arbitrary<EntryDraft> = fc.record({
  type: fc.constantFrom('suppression.expired' as const, 'suppression.revoked' as const),
  actor: fc.string(),
  body: fc.record({
    suppression: fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('active' as const, 'revoked' as const))
      .map(([number, state]) => suppression(number, { state })),
    reason: fc.string(),
  }),
});

/** `revision` stands for a revision made at that point. */
const history = fc.array(fc.oneof(draft, suppressionDraft, fc.constant('revision' as const)), {
  maxLength: 40,
});

/** Latest by id, as a Map does it. */
class Model {
  readonly incidents = new Map<string, unknown>();
  readonly decisions = new Map<string, { id: string; state: DecisionState }>();
  readonly suppressions = new Map<string, Suppression>();
  readonly standing: string[][] = [];

  take(step: EntryDraft | 'revision'): void {
    if (step === 'revision') this.standing.push(this.#standing());
    else if ('incident' in step.body) this.incidents.set(step.body.incident.id, step.body.incident);
    else if ('suppression' in step.body)
      this.suppressions.set(step.body.suppression.id, step.body.suppression);
    else if (step.type === 'decision.proposed' || step.type === 'enforcement.applied') {
      this.decisions.set(step.body.decision.id, step.body.decision);
    }
  }

  #standing(): string[] {
    const held = [...this.decisions.values()].filter(
      ({ state }) => state === 'provisional' || state === 'active',
    );
    return held.map(({ id, state }) => `${id} ${state}`).sort();
  }
}

test('any history gives what a plain map of the latest gives, at its end and at every revision', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const path = freshPath();
      const ledger = openLedger(path);
      const model = new Model();
      let revisions = 0;
      for (const step of steps) {
        model.take(step);
        ledger.append([step === 'revision' ? revision(++revisions) : step], { sync: false });
      }
      const reader = openReader(path);
      expect(new Set(reader.incidents({ limit: 99 }))).toEqual(new Set(model.incidents.values()));
      expect(new Set(reader.decisions({ limit: 99 }))).toEqual(new Set(model.decisions.values()));
      const suppressions = [...model.suppressions.values()];
      expect(new Set(reader.suppressions({ limit: 99 }))).toEqual(new Set(suppressions));
      expect(new Set(reader.suppressions({ state: 'active', limit: 99 }))).toEqual(
        new Set(suppressions.filter(({ state }) => state === 'active')),
      );
      for (const [index, expected] of model.standing.entries()) {
        expect(reader.standingAt(index + 1)?.map(({ id, state }) => `${id} ${state}`)).toEqual(expected);
      }
      expect(verify(path).sound).toBe(true);
      ledger.rebuild();
      expect(verify(path)).toEqual({ sound: true, head: ledger.head });
    }),
    { numRuns: 30 },
  );
}, 30_000);
