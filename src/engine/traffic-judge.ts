/**
 * Judges flows as the table reports them: by the policy, by the limits of the rule that allows them, and by the
 * blocks that stand already.
 *
 *   started ---- a standing block covers it? ---- yes: cut it (it slipped in before the block)
 *                     | no
 *                evaluate ---- deny: finding
 *                     | allow
 *   progressed, ended ---- limits of that rule ---- passed: finding
 */
import type { ConntrackEntry } from '../conntrack/entry.ts';
import type { ActiveDecisions } from '../decision/active-decisions.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowTable, TableChange } from '../flow/flow-table.ts';
import type { PolicyFinding } from '../incident/finding.ts';
import { LimitMeter } from '../policy/limits.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Cutter } from './cutter.ts';
import type { InForce } from './policy-keeper.ts';

/** `eventAtMs`: when the kernel made the event that showed it; 0 when there was none or it did not say. */
export type OnFinding = (flow: Flow, finding: PolicyFinding, eventAtMs: number) => void;

/** A new connection met this rule. */
export type OnAllowed = (rule: string, nowMs: number) => void;

/** Connections that were judged when they began, by what the policy said of them. */
export type VerdictCounts = Record<Verdict['kind'], number>;

export class TrafficJudge {
  readonly counts: VerdictCounts = { allow: 0, deny: 0, exempt: 0 };
  readonly #active: Pick<ActiveDecisions, 'find'>;
  readonly #cutter: Pick<Cutter, 'delete'>;
  readonly #onFinding: OnFinding;
  readonly #onAllowed: OnAllowed;
  /** By slot of the flow table: the verdict under which a flow's limits count. */
  readonly #verdicts: (Verdict | undefined)[] = [];
  #inForce: InForce | undefined;
  #limits = new LimitMeter({ rules: [] });

  constructor(
    active: Pick<ActiveDecisions, 'find'>,
    cutter: Pick<Cutter, 'delete'>,
    onFinding: OnFinding,
    onAllowed: OnAllowed = () => {},
  ) {
    this.#active = active;
    this.#cutter = cutter;
    this.#onFinding = onFinding;
    this.#onAllowed = onAllowed;
  }

  /** Under which verdict the flow in a slot goes on; undefined for one that a block covers. */
  verdictOf(slot: number): Verdict | undefined {
    return this.#verdicts[slot];
  }

  /** Take a report of the flow table; `entry` is what was observed, when it came from the kernel just now. */
  take(change: TableChange, entry: ConntrackEntry | undefined, nowMs: number): void {
    if (change.kind === 'started') this.#started(change, entry, nowMs);
    else this.#goesOn(change, nowMs);
  }

  /** Another policy is in force: judge all that stands by it. */
  changePolicy(next: InForce, table: Pick<FlowTable, 'reclassify' | 'forEach'>, nowMs: number): void {
    this.#inForce = next;
    this.#limits = new LimitMeter(next.policy, this.#limits);
    table.reclassify((address) => next.compiled.isOurs(address));
    const places = new Map(next.compiled.rules.map(({ id }, index) => [id, index]));
    table.forEach((flow, slot) => {
      this.#judgeAnew(flow, slot, places, nowMs);
    });
  }

  #started(change: TableChange, entry: ConntrackEntry | undefined, nowMs: number): void {
    const { flow, slot } = change;
    if (this.#active.find(flow) !== undefined && entry !== undefined) {
      this.#verdicts[slot] = undefined;
      if (entry.event !== 'destroy') this.#cutter.delete(entry);
      return;
    }
    const verdict = this.#evaluate(flow, nowMs);
    this.#verdicts[slot] = verdict;
    if (verdict !== undefined) this.counts[verdict.kind] += 1;
    if (verdict?.kind === 'allow') this.#onAllowed(verdict.rule, nowMs);
    if (verdict?.kind === 'deny') this.#onFinding(flow, verdict, entry?.eventAtMs ?? 0);
    else if (verdict?.kind === 'allow' && entry?.event === 'dump') this.#adopt(flow, verdict, nowMs);
    else if (verdict?.kind === 'allow') this.#meter(change, verdict, nowMs);
  }

  /** It is older than our first look at it: what it has sent until now says nothing about the limits' time. */
  #adopt({ host }: Flow, verdict: Verdict, nowMs: number): void {
    this.#limits.observe({ host, verdict, kind: 'adopted', bytesOut: 0 }, nowMs);
  }

  #goesOn(change: TableChange, nowMs: number): void {
    const verdict = this.#verdicts[change.slot];
    if (verdict?.kind === 'allow') this.#meter(change, verdict, nowMs);
    if (change.kind === 'ended') this.#verdicts[change.slot] = undefined;
  }

  #evaluate(flow: Flow, nowMs: number): Verdict | undefined {
    return this.#inForce?.compiled.evaluate(flow, nowMs);
  }

  #meter({ flow, kind, bytesOut }: TableChange, verdict: Verdict, nowMs: number): void {
    const breach = this.#limits.observe({ host: flow.host, verdict, kind, bytesOut }, nowMs);
    if (breach !== undefined) this.#onFinding(flow, breach, 0);
  }

  /** Its connection goes on being counted under the same rule, moves to another, or leaves the limits. */
  #judgeAnew(flow: Flow, slot: number, places: ReadonlyMap<string, number>, nowMs: number): void {
    const before = this.#verdicts[slot];
    const verdict = this.#evaluate(flow, nowMs);
    this.#verdicts[slot] = verdict;
    const was = before?.kind === 'allow' ? before.rule : undefined;
    const is = verdict?.kind === 'allow' ? verdict.rule : undefined;
    if (was !== is) {
      const place = was === undefined ? undefined : places.get(was);
      const { host } = flow;
      if (was !== undefined && place !== undefined) {
        const old: Verdict = { kind: 'allow', rule: was, ruleIndex: place };
        this.#limits.observe({ host, verdict: old, kind: 'ended', bytesOut: 0 }, nowMs);
      }
      if (verdict?.kind === 'allow') this.#adopt(flow, verdict, nowMs);
    }
    if (verdict?.kind === 'deny') this.#onFinding(flow, verdict, 0);
  }
}
