/**
 * Recorded flows through policy, detectors and incidents, on the records' own clock: what the engine does, without
 * kernel, ledger or decisions. The same input gives the same output.
 */

import { Detection } from '../detection/detection.ts';
import type { Finding } from '../detection/finding.ts';
import { TrafficJudge } from '../engine/traffic-judge.ts';
import type { Flow } from '../flow/flow.ts';
import type { TableChange } from '../flow/flow-table.ts';
import { CaseBook } from '../incident/case-book.ts';
import type { PolicyFinding } from '../incident/finding.ts';
import type { Incident } from '../incident/incident.ts';
import { type Closure, IncidentBook } from '../incident/incident-book.ts';
import { IncidentNumbers } from '../incident/incident-numbers.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compiled-policy.ts';
import type { Policy } from '../policy/policy.ts';

/** Hashes must not differ from run to run. */
const KEYS = [0x70656e73, 0x746f636b, 0x7265706c, 0x61790a00] as const;
const SWEEP_EVERY_MS = 60_000;

export interface SessionListener {
  /** Each time a detector says something, whether or not it makes an incident. */
  readonly onFinding?: (finding: Finding, atMs: number) => void;
}

export class ReplaySession {
  readonly compiled: CompiledPolicy;
  readonly detection: Detection;
  readonly #judge: TrafficJudge;
  readonly #incidents: IncidentBook;
  readonly #cases: CaseBook;
  /** In order of opening; each as it is by now. */
  readonly #all = new Map<string, Incident>();
  #nowMs = 0;
  #sweptMs = 0;

  constructor(policy: Policy, { onFinding }: SessionListener = {}) {
    this.compiled = compilePolicy(policy);
    const numbers = new IncidentNumbers(1);
    const groupsOf = (host: Flow['host']) => this.compiled.groupsOf(host);
    this.#incidents = new IncidentBook({ numbers });
    this.#cases = new CaseBook({
      numbers,
      groupsOf,
      onClosed: (host) => this.detection.acquit(host),
    });
    this.detection = new Detection({
      keys: KEYS,
      onFinding: (finding) => {
        onFinding?.(finding, this.#nowMs);
        this.#suspect(finding);
        return true;
      },
    });
    this.detection.configure({ settings: policy.detectors, groupsOf });
    this.#judge = new TrafficJudge({ find: () => undefined }, { delete: () => true }, (flow, finding) =>
      this.#violate(flow, finding),
    );
    const table = { reclassify: () => {}, forEach: () => {} };
    this.#judge.changePolicy({ policy, compiled: this.compiled }, table, 0);
  }

  /** Take what a playback reports; `atMs` must not go back. */
  readonly take = (change: TableChange, atMs: number): void => {
    this.#nowMs = atMs;
    this.#judge.take(change, undefined, atMs);
    this.detection.observe(change, atMs);
    if (atMs - this.#sweptMs >= SWEEP_EVERY_MS) this.#sweep(atMs);
  };

  /** All incidents in order of time, those that are still open too. */
  finish(): Incident[] {
    this.#collect();
    return [...this.#all.values()];
  }

  #collect(): void {
    for (const incident of this.#incidents.takeUpdated()) this.#all.set(incident.id, incident);
    for (const incident of this.#cases.takeUpdated()) this.#all.set(incident.id, incident);
  }

  #suspect(finding: Finding): void {
    const observed = this.#cases.observe(finding, this.#nowMs);
    if (observed.kind === 'noted') return;
    if (observed.kind === 'opened') this.#close(observed.displaced);
    this.#all.set(observed.incident.id, observed.incident);
    this.detection.suspect(finding.flow.host, observed.incident.score);
  }

  #violate(flow: Flow, finding: PolicyFinding): void {
    const observed = this.#incidents.observe(flow, finding, this.compiled, this.#nowMs);
    if (observed.kind === 'updated') return;
    this.#close(observed.displaced);
    this.#all.set(observed.incident.id, observed.incident);
  }

  #sweep(atMs: number): void {
    this.#sweptMs = atMs;
    this.#collect();
    for (const closure of this.#incidents.sweep(atMs)) this.#close(closure);
    for (const closure of this.#cases.sweep(atMs)) this.#close(closure);
  }

  #close(closure: Closure | undefined): void {
    if (closure !== undefined) this.#all.set(closure.incident.id, closure.incident);
  }
}
