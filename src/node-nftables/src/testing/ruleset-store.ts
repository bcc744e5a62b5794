/** Holds the fake's ruleset, changes it in transactions and announces what changed. */
import type { RulesetChange } from '../changes/change.ts';
import { copyRuleset, type Ruleset } from './ruleset.ts';
import { rulesetDifference } from './ruleset-difference.ts';

/** Who changes the ruleset, as the announcements tell. */
export interface FakeProcess {
  readonly processId: number;
  readonly processName: string;
}

/** What a transaction works on. */
export interface Workspace {
  readonly ruleset: Ruleset;
  readonly nowMs: number;
  nextHandle(): number;
}

export class RulesetStore {
  readonly #now: () => number;
  readonly #announce: (changes: readonly RulesetChange[]) => void;
  #ruleset: Ruleset = new Map();
  #generation = 1;
  #lastHandle = 0;

  constructor(now: () => number, announce: (changes: readonly RulesetChange[]) => void) {
    this.#now = now;
    this.#announce = announce;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The ruleset as it is, for reading. */
  get workspace(): Workspace {
    return this.#workspace(this.#ruleset);
  }

  /** Work on a copy; keep it when `work` ends well, unless it is only tried. */
  transact(by: FakeProcess, work: (workspace: Workspace) => void, dryRun = false): void {
    const copy = copyRuleset(this.#ruleset);
    work(this.#workspace(copy));
    if (dryRun) return;
    const changes = rulesetDifference(this.#ruleset, copy, by.processId);
    this.#ruleset = copy;
    this.#generation += 1;
    this.#announce([
      ...changes,
      { kind: 'generation', action: 'new', portId: by.processId, id: this.#generation, ...by },
    ]);
  }

  #workspace(ruleset: Ruleset): Workspace {
    return { ruleset, nowMs: this.#now(), nextHandle: () => ++this.#lastHandle };
  }
}
