/** Which rules are in force: schedules and expiry, worked out once per span in which nothing changes. */
import type { Policy, Rule } from '../policy.ts';
import { type ScheduleState, scheduleStateAt } from '../schedule.ts';

export class RuleClock {
  readonly #rules: readonly Rule[];
  readonly #schedules: Policy['schedules'];
  readonly #expiries: readonly number[];
  /** Schedules by name; true from #from up to before #until. */
  readonly #open = new Map<string, boolean>();
  #at = Number.NaN;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(rules: readonly Rule[], schedules: Policy['schedules']) {
    this.#rules = rules;
    this.#schedules = schedules;
    this.#expiries = rules.flatMap(({ expiresMs }) => expiresMs ?? []);
  }

  /** True when the states may have changed since the last call. Time may run backwards (replay). */
  set(atMs: number): boolean {
    if (atMs >= this.#from && atMs < this.#until) return false;
    this.#at = atMs;
    this.#from = Number.NEGATIVE_INFINITY;
    this.#until = Number.POSITIVE_INFINITY;
    for (const { name, schedule } of this.#schedules) {
      const state: ScheduleState = scheduleStateAt(schedule, atMs);
      this.#open.set(name, state.open);
      this.#narrow(state.sinceMs, state.untilMs);
    }
    for (const expiry of this.#expiries) {
      if (expiry <= atMs) this.#narrow(expiry, Number.POSITIVE_INFINITY);
      else this.#narrow(Number.NEGATIVE_INFINITY, expiry);
    }
    return true;
  }

  inForce(rule: number): boolean {
    const { schedule, expiresMs } = this.#rules[rule];
    return (
      (expiresMs === null || this.#at < expiresMs) && (schedule === null || this.#open.get(schedule) === true)
    );
  }

  #narrow(fromMs: number, untilMs: number): void {
    this.#from = Math.max(this.#from, fromMs);
    this.#until = Math.min(this.#until, untilMs);
  }
}
