/**
 * The drawing in trial-life-cycle.ts against a model that knows only what people did and what time it is: apply,
 * confirm, time, clock jumps, death and reboot in any order.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type BootMoment,
  beginTrial,
  confirmTrial,
  fateOf,
  revertTrial,
  timeLeftMs,
} from '../../../src/engine/trial-life-cycle.ts';
import type { Trial } from '../../../src/ledger/trial.ts';

/** The machine: what a daemon finds there, whatever happened to the one before. */
class Machine {
  boot = 1;
  uptimeMs = 1_000;
  wallMs = 1_000_000;
  /** The last revision that somebody confirmed, or that needed nobody's word. */
  good = 1;
  /** As the ledger has it: a number, and when it ends in the machine's own time. */
  waiting: { revision: number; boot: number; endsAtMs: number } | undefined;
  revision = 1;

  get moment(): BootMoment {
    return { bootId: `boot-${this.boot}`, uptimeMs: this.uptimeMs };
  }

  /** What must be in force when a daemon has looked. */
  get due(): boolean {
    const { waiting } = this;
    return waiting !== undefined && (waiting.boot !== this.boot || this.uptimeMs >= waiting.endsAtMs);
  }
}

interface Real {
  trial: Trial | undefined;
  inForce: number;
}

class Apply implements fc.Command<Machine, Real> {
  readonly withinMs: number;
  constructor(withinMs: number) {
    this.withinMs = withinMs;
  }
  check = (m: Machine) => m.waiting === undefined;
  run(m: Machine, r: Real): void {
    const revision = m.revision + 1;
    const draft = {
      ...{ revision, restoreTo: m.revision, policyName: 'p', policyDigest: `p${revision}`, actor: 'laptop' },
      ...{ reason: '', begunAtMs: m.wallMs, lifts: [], withinMs: this.withinMs },
    };
    const begun = beginTrial(draft, m.moment);
    if (!begun.ok) throw new Error(begun.reason);
    m.revision = revision;
    m.waiting = { revision, boot: m.boot, endsAtMs: m.uptimeMs + this.withinMs };
    r.trial = begun.trial;
    r.inForce = revision;
    expect(timeLeftMs(begun.trial, m.moment)).toBe(this.withinMs);
  }
  toString = () => `apply --confirm-within ${this.withinMs}`;
}

class Confirm implements fc.Command<Machine, Real> {
  check = (m: Machine) => m.waiting !== undefined;
  run(m: Machine, r: Real): void {
    const trial = r.trial as Trial;
    const outcome = confirmTrial(trial, { actor: 'printer', atMs: m.wallMs, reason: '' }, m.moment);
    expect(outcome.ok).toBe(!m.due);
    if (!outcome.ok) return;
    expect(outcome.trial).toMatchObject({ state: 'confirmed', end: { actor: 'printer', revision: null } });
    expect(confirmTrial(outcome.trial, { actor: 'x', atMs: 0, reason: '' }, m.moment).ok).toBe(false);
    m.good = trial.revision;
    m.waiting = undefined;
    r.trial = undefined;
  }
  toString = () => 'confirm';
}

/** A daemon looks: at a chore, or because it was started again. */
function look(m: Machine, r: Real): void {
  if (r.trial !== undefined && fateOf(r.trial, m.moment) !== 'waiting') {
    const cause = fateOf(r.trial, m.moment) === 'reboot' ? 'reboot' : 'deadline';
    const end = { atMs: m.wallMs, actor: 'penstock', cause, reason: '', revision: m.revision + 1 } as const;
    const reverted = revertTrial(r.trial, end);
    expect(reverted.state).toBe('reverted');
    expect(cause === 'reboot').toBe(m.waiting?.boot !== m.boot);
    r.inForce = reverted.restoreTo;
    r.trial = undefined;
    m.revision += 1;
    m.good = m.revision;
    m.waiting = undefined;
    r.inForce = m.revision;
  }
  expect(m.due).toBe(false);
  expect(r.inForce).toBe(m.waiting?.revision ?? m.good);
  if (r.trial) expect(timeLeftMs(r.trial, m.moment)).toBe((m.waiting?.endsAtMs ?? 0) - m.uptimeMs);
}

class Pass implements fc.Command<Machine, Real> {
  readonly ms: number;
  readonly awake: boolean;
  constructor(ms: number, awake: boolean) {
    this.ms = ms;
    this.awake = awake;
  }
  check = () => true;
  run(m: Machine, r: Real): void {
    m.uptimeMs += this.ms;
    m.wallMs += this.ms;
    if (this.awake) look(m, r);
  }
  toString = () => `${this.ms} ms ${this.awake ? 'pass' : 'dead'}`;
}

class ClockJump implements fc.Command<Machine, Real> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = () => true;
  run(m: Machine, r: Real): void {
    m.wallMs += this.ms;
    look(m, r);
  }
  toString = () => `clock ${this.ms}`;
}

class Reboot implements fc.Command<Machine, Real> {
  readonly uptimeMs: number;
  constructor(uptimeMs: number) {
    this.uptimeMs = uptimeMs;
  }
  check = () => true;
  run(m: Machine, r: Real): void {
    m.boot += 1;
    m.uptimeMs = this.uptimeMs;
    m.wallMs += 10_000;
    look(m, r);
  }
  toString = () => `reboot, up ${this.uptimeMs} ms`;
}

it('what is in force is never unconfirmed past its deadline or boot, and never what nobody applied', () => {
  const commands = [
    fc.integer({ min: 1, max: 100 }).map((ms) => new Apply(ms)),
    fc.constant(new Confirm()),
    fc.tuple(fc.nat(60), fc.boolean()).map(([ms, awake]) => new Pass(ms, awake)),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((ms) => new ClockJump(ms)),
    fc.nat(5_000).map((ms) => new Reboot(ms)),
  ];
  let ran = 0;
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 40, size: 'max' }), (steps) => {
      fc.modelRun(() => ({ model: new Machine(), real: { trial: undefined, inForce: 1 } }), steps);
      ran += 1;
    }),
    { numRuns: 500 },
  );
  expect(ran).toBe(500);
});

it('what cannot be known ends a trial or keeps it from beginning', () => {
  const draft = {
    ...{ revision: 2, restoreTo: 1, policyName: 'p', policyDigest: 'd', actor: 'laptop', reason: '' },
    ...{ begunAtMs: 5, lifts: [], withinMs: 100 },
  };
  expect(beginTrial(draft, { bootId: null, uptimeMs: 1 })).toMatchObject({ ok: false });
  const begun = beginTrial(draft, { bootId: 'a', uptimeMs: 1_000 });
  if (!begun.ok) throw new Error(begun.reason);
  expect(fateOf(begun.trial, { bootId: null, uptimeMs: 1_001 })).toBe('reboot');
  // A container that was started again keeps the machine's boot id.
  expect(fateOf(begun.trial, { bootId: 'a', uptimeMs: 999 })).toBe('reboot');
  expect(fateOf(begun.trial, { bootId: 'a', uptimeMs: 1_099 })).toBe('waiting');
  expect(fateOf(begun.trial, { bootId: 'a', uptimeMs: 1_100 })).toBe('deadline');
});
