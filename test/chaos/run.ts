/** A chaos run: steps, each followed by all checks, until the time is over. */
import { Draw } from '../evaluation/injection/draw.ts';
import { nextStep } from './generator.ts';
import { Invariants } from './invariants.ts';
import { LedgerView } from './ledger-view.ts';
import { type Outcome, Performer } from './performer.ts';
import { policyText } from './policy.ts';
import { CALM, Stage } from './stage.ts';
import { FAULT_KINDS, type Mode, type Step, type World } from './step.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Each step as it is done. */
  readonly tell?: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly steps: number;
  readonly faults: number;
  readonly byKind: ReadonlyMap<Step['kind'], number>;
  readonly byOutcome: ReadonlyMap<string, number>;
  readonly modes: readonly Mode[];
  readonly checks: number;
  readonly entries: number;
  readonly revisions: number;
  /** Elements, once a check, whose end was not compared: see agreement.ts. */
  readonly beforeTheirTime: number;
  /** From a step to all as it must be, ms. */
  readonly longestMs: number;
  readonly violations: readonly string[];
}

/** So often the whole chain of the ledger is verified. */
const VERIFY_EVERY = 25;
/** A step that took longer until all held is told with what did not. */
const SLOW_MS = 2_000;
/** Nothing more is learnt from a daemon that is broken. */
const MOST_VIOLATIONS = 20;

export async function runChaos({ seed, durationMs, tell = () => {} }: ChaosOptions): Promise<ChaosReport> {
  await using stage = await Stage.open();
  const modes = await acceptedModes(stage);
  const ledger = new LedgerView(stage.ledgerPath);
  const performer = new Performer(stage, ledger);
  const invariants = new Invariants(stage, ledger, performer);
  const draw = new Draw('chaos', seed);
  const byKind = new Map<Step['kind'], number>();
  const byOutcome = new Map<string, number>();
  const violations: string[] = [];
  let steps = 0;
  let faultySteps = 0;

  const note = (what: string, found: readonly string[]) => {
    for (const each of found) {
      violations.push(`step ${steps} (${what}): ${each}`);
      tell(`VIOLATION ${violations.at(-1)}`);
    }
  };
  note('start', await invariants.check());
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs && violations.length < MOST_VIOLATIONS) {
    const step = nextStep(worldOf(stage, ledger, modes, faultySteps), draw);
    steps += 1;
    const what = JSON.stringify(step);
    const outcome = await attempt(performer, step);
    byKind.set(step.kind, (byKind.get(step.kind) ?? 0) + 1);
    const word = typeof outcome === 'string' ? outcome : 'unexpected';
    byOutcome.set(word, (byOutcome.get(word) ?? 0) + 1);
    tell(`${steps} ${what} ${word}`);
    if (typeof outcome !== 'string') note(what, [outcome.unexpected]);
    faultySteps = stage.ledgerFault ? faultySteps + 1 : 0;
    const found = await invariants.check();
    note(what, found);
    if (found.length > 0) tell(`the daemon says: ${await stage.daemonsWord()}`);
    const { ms, first } = invariants.lastMended;
    if (ms > SLOW_MS) tell(`  held after ${ms} ms; at first: ${first.slice(0, 3).join('; ')}`);
    invariants.told();
    if (step.kind === 'probe') note(what, await invariants.probe());
    if (steps % VERIFY_EVERY === 0) note(what, invariants.verifyLedger());
    if (stage.daemon.hasEnded) {
      note(what, [`the daemon ended:\n${stage.daemon.output.slice(-2_000)}`]);
      break;
    }
  }
  if (stage.ledgerFault) await stage.heal();
  note('end', [...(await invariants.check()), ...invariants.verifyLedger()]);
  const faults = [...byKind].reduce((sum, [kind, count]) => sum + (FAULT_KINDS.has(kind) ? count : 0), 0);
  const { checks, longestMs, beforeTheirTime } = invariants;
  return {
    ...{ seed, steps, faults, byKind, byOutcome, modes, checks, longestMs, beforeTheirTime, violations },
    entries: ledger.lastSeq,
    revisions: ledger.revisions.length,
  };
}

async function attempt(performer: Performer, step: Step): Promise<Outcome> {
  try {
    return await performer.perform(step);
  } catch (error) {
    return { unexpected: (error as Error).message };
  }
}

function worldOf(stage: Stage, ledger: LedgerView, modes: readonly Mode[], faultySteps: number): World {
  const { trial } = ledger;
  return {
    modes,
    decisions: [...ledger.decisions.values()].filter(({ state }) =>
      ['pending', 'provisional', 'active'].includes(state),
    ),
    revision: ledger.revisions.length,
    trial: trial?.state === 'waiting' ? trial : null,
    ledgerFault: stage.ledgerFault,
    faultySteps,
    clockOffsetMs: stage.clockOffsetMs,
  };
}

/** A version that does not enforce says so. */
async function acceptedModes(stage: Stage): Promise<Mode[]> {
  const accepted: Mode[] = [];
  for (const mode of ['audit', 'respond', 'enforce'] as const) {
    const headers = { 'content-type': 'application/yaml' };
    const text = policyText('asked', { ...CALM, mode });
    const answer = await stage.ask('POST', '/v1/policy/check', text, headers);
    if (answer?.body.valid === true) accepted.push(mode);
  }
  return accepted;
}
