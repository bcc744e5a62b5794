/** Whatever people teach and take back, and however time goes: what is silenced is what the ledger says is active. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Finding } from '../../../src/detection/finding.ts';
import type { Outcome } from '../../../src/engine/commands.ts';
import { Feedback } from '../../../src/engine/feedback.ts';
import { Suppressions } from '../../../src/engine/suppressions.ts';
import type { Evidence, Incident } from '../../../src/incident/incident.ts';
import { type Suppression, sameScope } from '../../../src/incident/suppression.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { flowOf } from '../incident/flow.ts';
import { freshPath } from '../ledger/files.ts';
import { anomaly, evidence, incident } from '../ledger/samples.ts';

const MAX = 6;
const HOSTS = ['10.1.0.10', '10.1.0.11', 'fd00:1::10'];
const DESTINATIONS = ['198.51.100.66', '2001:db8::66', null];
const DETECTORS = ['beacon', 'volume'] as const;

type Act =
  | { do: 'close'; incident: Incident; suppressForMs: number }
  | { do: 'revoke'; pick: number }
  | { do: 'pass'; ms: number }
  | { do: 'fail' }
  | { do: 'restart' };

const item: fc.Arbitrary<Evidence> = fc
  .record({ detector: fc.constantFrom(...DETECTORS), destination: fc.constantFrom(...DESTINATIONS) })
  .map(({ detector, destination }) =>
    evidence({ detector, destination, service: destination === null ? null : { protocol: 6, port: 443 } }),
  );

const anomalous = fc
  .record({
    host: fc.constantFrom(...HOSTS),
    evidence: fc.uniqueArray(item, {
      minLength: 1,
      maxLength: 3,
      selector: ({ detector, destination }) => `${detector} ${destination}`,
    }),
  })
  .map((changes) => anomaly(1, changes));

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    do: fc.constant('close' as const),
    incident: fc.oneof(
      { weight: 4, arbitrary: anomalous },
      { weight: 1, arbitrary: fc.constant(incident(1)) },
    ),
    suppressForMs: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ do: fc.constant('revoke' as const), pick: fc.nat(30) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ do: fc.constant('fail' as const) }),
  fc.record({ do: fc.constant('restart' as const) }),
);

/** An engine's share in this: a ledger, what is active, and one open incident at a time. */
class Rig {
  readonly path = freshPath();
  ledger = Ledger.open(this.path);
  suppressions = new Suppressions({ max: MAX });
  feedback = this.#feedback();
  nowMs = 1_000;
  #open: Incident | undefined;
  #incidents = 0;

  #feedback(): Feedback {
    const write = (drafts: readonly EntryDraft[]) => this.ledger.append(drafts, { sync: false });
    return new Feedback({
      journal: { write, log: () => {} },
      queries: this.ledger.queries,
      suppressions: this.suppressions,
      open: {
        get: (id) => (this.#open?.id === id ? this.#open : undefined),
        drop: () => {
          this.#open = undefined;
        },
      },
    });
  }

  close(what: Incident, suppressForMs: number) {
    this.#incidents += 1;
    this.#open = { ...what, id: `I${this.#incidents}` };
    const said = { actor: 'duty', reason: 'known', verdict: 'false', suppressForMs } as const;
    return this.feedback.close({ id: this.#open.id, ...said }, this.nowMs);
  }

  restart(): void {
    this.ledger.close();
    this.ledger = Ledger.open(this.path);
    this.suppressions = new Suppressions({ max: MAX });
    this.feedback = this.#feedback();
    this.feedback.restore(this.ledger.queries.suppressions({ state: 'active', limit: 1_000 }));
  }

  end(): void {
    this.ledger.close();
    rmSync(this.path);
  }
}

/** The same with lists, as one would explain it. */
class Model {
  active: Suppression[] = [];
  made = 0;

  close({ suppressions }: { suppressions: readonly Suppression[] }): void {
    for (const each of suppressions) {
      this.active = this.active.filter((other) => !sameScope(other, each));
      this.made += 1;
    }
    this.active.push(...suppressions);
    this.active.splice(0, Math.max(0, this.active.length - MAX));
  }
}

function perform(act: Act, rig: Rig, model: Model): void {
  if (act.do === 'close') model.close(done(rig.close(act.incident, act.suppressForMs)));
  else if (act.do === 'revoke') {
    const id = `S${1 + (act.pick % Math.max(1, model.made))}`;
    const stands = model.active.some((each) => each.id === id);
    const outcome = rig.feedback.revoke({ id, actor: 'duty', reason: '' }, rig.nowMs);
    expect(outcome.ok).toBe(stands);
    model.active = model.active.filter((each) => each.id !== id);
  } else if (act.do === 'pass') {
    rig.nowMs += act.ms;
    rig.feedback.expireDue(rig.nowMs);
    model.active = model.active.filter(({ untilMs }) => untilMs > rig.nowMs);
  } else if (act.do === 'restart') rig.restart();
  else failToClose(rig);
}

/** What cannot be recorded changes nothing. */
function failToClose(rig: Rig): void {
  const whole = rig.ledger;
  const head = whole.head;
  rig.ledger = {
    append: () => {
      throw new Error('full');
    },
  } as unknown as Ledger;
  expect(() => rig.close(anomaly(1), 50)).toThrow('full');
  rig.ledger = whole;
  expect(whole.head).toEqual(head);
}

function done<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.result;
}

function check(rig: Rig, model: Model): void {
  const { queries } = rig.ledger;
  const ids = model.active.map(({ id }) => id).toSorted();
  const recorded = queries.suppressions({ state: 'active', limit: 1_000 });
  expect(recorded.map(({ id }) => id).toSorted()).toEqual(ids);
  expect(rig.suppressions.size).toBe(ids.length);
  expect(
    queries.suppressions({ state: 'ended', limit: 1_000 }).every(({ endedAtMs }) => endedAtMs !== null),
  ).toBe(true);
  for (const host of HOSTS) {
    for (const detector of DETECTORS) {
      for (const destination of DESTINATIONS) {
        const fits = (each: Suppression) =>
          each.host === host && each.detector === detector && each.destination === destination;
        const found = rig.suppressions.find(sought(host, detector, destination), rig.nowMs);
        expect(found?.id).toBe(model.active.find(fits)?.id);
      }
    }
  }
}

function sought(host: string, detector: Finding['detector'], destination: string | null): Finding {
  const flow = flowOf({ host, to: `${destination ?? '192.0.2.1'} 443` });
  const scope = destination === null ? 'host' : 'destination';
  return { detector, scope, flow, confidence: 0.9, happened: '', normal: '' };
}

it('what is silenced is what the ledger says is active', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 25 }), (acts) => {
      const rig = new Rig();
      const model = new Model();
      for (const each of acts) {
        perform(each, rig, model);
        check(rig, model);
      }
      expect(verify(rig.path).sound).toBe(true);
      rig.end();
    }),
    { numRuns: 60 },
  );
}, 120_000);
