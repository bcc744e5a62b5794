/**
 * Deny lists in the kernel before anybody asks, so that not one packet passes: in mode enforce, and in mode respond where
 * the policy blocks what is on a deny list without asking a person. Where it only alerts, or tries out a response on some
 * hosts first, nothing is dropped beforehand.
 *
 *   policy, fresh lists ---> wanted ---> in steps (enforcement/deny) ---> all stand: connections to them are cut
 *                                            |
 *                                            +-- refused: said, and tried again
 */

import { type Address, formatAddress } from '../address/address.ts';
import { hostPrefix } from '../address/prefix.ts';
import { withoutAddresses } from '../address/ranges.ts';
import type { DeniedSets, RangesByFamily } from '../enforcement/deny/denied-sets.ts';
import { NO_RANGES } from '../enforcement/deny/denied-sets.ts';
import { EnforcementError } from '../enforcement/errors.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { NeverBlockGuard } from '../policy/compiled-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { Cutter } from './cutter.ts';
import type { Journal } from './journal.ts';
import type { InForce } from './policy-keeper.ts';

const RETRY_MS = 1_000;

export interface DenyPreloadStatus {
  /** off: the policy does not ask for it. loading: an older list stands where the new one does not yet. */
  state: 'off' | 'loading' | 'loaded' | 'failed';
  /** Ranges of addresses, neighbours joined. */
  ranges: number;
  /** Why it is not loaded; it is tried again. */
  error?: string;
}

export interface DenyPreloadParts {
  readonly sets: DeniedSets;
  readonly table: FlowTable;
  readonly cutter: Pick<Cutter, 'delete'>;
  /** In mode enforce: have the kernel judge every connection anew, in both directions. */
  readonly rejudge: (nowMs: number) => void;
  readonly journal: Pick<Journal, 'log'>;
  /** What no automatic action may block: this machine, its gateways and resolvers, operators. */
  readonly kept: (nowMs: number) => readonly Address[];
  /** In mode respond the policy's answer is a decision, and what was said no to must not stay blocked. */
  readonly declined: (nowMs: number) => readonly Address[];
}

export class DenyPreload {
  readonly #parts: DenyPreloadParts;
  #inForce: InForce | undefined;
  #isOn = false;
  #failure: string | undefined;
  #nextAt = 0;
  /** Canonical text. */
  #kept: ReadonlySet<string> = new Set();

  constructor(parts: DenyPreloadParts) {
    this.#parts = parts;
  }

  /** Another policy is in force, or its lists hold something else: the first step is taken at once. */
  changePolicy(inForce: InForce, nowMs: number): void {
    this.#inForce = inForce;
    this.#isOn = preloads(inForce.policy);
    const { compiled } = inForce;
    const kept = this.#leftOut(inForce, nowMs);
    this.#kept = new Set(kept.map(formatAddress));
    const ranges: RangesByFamily = this.#isOn
      ? {
          4: withoutAddresses(compiled.deniedRanges(4), kept),
          6: withoutAddresses(compiled.deniedRanges(6), kept),
        }
      : NO_RANGES;
    this.#parts.sets.want(ranges);
    this.#nextAt = 0;
    this.step(nowMs);
  }

  /** What must be kept may have changed. */
  look(nowMs: number): void {
    if (this.#inForce === undefined || !this.#isOn) return;
    const kept = new Set(this.#leftOut(this.#inForce, nowMs).map(formatAddress));
    if (kept.symmetricDifference(this.#kept).size > 0) this.changePolicy(this.#inForce, nowMs);
  }

  #leftOut({ policy }: InForce, nowMs: number): readonly Address[] {
    const { kept, declined } = this.#parts;
    return policy.mode === 'enforce' ? kept(nowMs) : [...kept(nowMs), ...declined(nowMs)];
  }

  /** When there is something to do, on the clock of `performance.now()`. */
  get nextStepAt(): number {
    return this.#parts.sets.isDone ? Number.POSITIVE_INFINITY : this.#nextAt;
  }

  /** Take a step when one is due. */
  step(nowMs: number): void {
    const { sets, journal } = this.#parts;
    if (sets.isDone || performance.now() < this.#nextAt) return;
    try {
      sets.step(nowMs);
      if (this.#failure !== undefined) journal.log('info', 'deny lists are loaded into the kernel again');
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
      if (this.#failure === undefined)
        journal.log('error', `deny lists are not in the kernel: ${error.message}`);
      this.#failure = error.message;
      this.#nextAt = performance.now() + RETRY_MS;
    }
    if (sets.isDone && this.#isOn) this.#cutDenied(nowMs);
  }

  get status(): DenyPreloadStatus {
    const { sets } = this.#parts;
    const ranges = this.#isOn ? sets.count : 0;
    if (this.#failure !== undefined) return { state: 'failed', ranges, error: this.#failure };
    if (!sets.isDone) return { state: 'loading', ranges };
    return { state: this.#isOn ? 'loaded' : 'off', ranges };
  }

  /**
   * Established connections take the short way. In mode enforce another generation ends that. In mode respond it ends with
   * the conntrack entry, and the block that the policy asks for stops what comes back from there.
   */
  #cutDenied(nowMs: number): void {
    const { table, cutter, rejudge, journal } = this.#parts;
    const inForce = this.#inForce;
    if (inForce === undefined) return;
    const { compiled } = inForce;
    const slots: number[] = [];
    table.forEach((flow, slot) => {
      const verdict = compiled.evaluate(flow, nowMs);
      if (verdict.kind !== 'deny' || verdict.cause !== 'denyList') return;
      if (!isSpared(flow, compiled.neverBlock) && !this.#isKept(flow)) slots.push(slot);
    });
    if (slots.length === 0) return;
    if (inForce.policy.mode === 'enforce') rejudge(nowMs);
    else for (const slot of slots) cutter.delete(table.identityOf(slot));
    journal.log('info', `${slots.length} connections to addresses on deny lists were cut`);
  }

  /** The kernel does not have it either. */
  #isKept({ destination, translated }: Flow): boolean {
    return [destination, translated].some((end) => this.#kept.has(formatAddress(end)));
  }
}

/** As the rules have it: enforcement/ruleset/never-block.ts. */
function isSpared(flow: Flow, neverBlock: NeverBlockGuard): boolean {
  const { host, destination, translated, protocol, destinationPort, translatedPort } = flow;
  return (
    neverBlock.source(hostPrefix(host)) ||
    neverBlock.destination(hostPrefix(destination)) ||
    neverBlock.destination(hostPrefix(translated)) ||
    neverBlock.port(protocol, destinationPort) ||
    neverBlock.port(protocol, translatedPort)
  );
}

/** Whether this policy has its deny lists in the kernel beforehand. */
export function preloads({ mode, response }: Policy): boolean {
  if (mode === 'audit') return false;
  if (mode === 'enforce') return true;
  const answer = response.byDetector.denyList ?? response.default;
  return answer.action === 'block' && answer.approval.kind !== 'required' && answer.canary === null;
}
