/**
 * What the engine remembers for the evidence of an incident, and tells when asked:
 *
 *   flows, refused attempts --> window --+
 *   told packets -------------> ring ----+--> view of an incident: with profile, policy and kernel as they are now
 *   standing flows ----------------------+
 *
 * A view is bounded (LIMITS) and made of copies of numbers, so that an event of the kernel waits for it some hundred
 * microseconds, and less than once a second (edges/evidence asks once or twice an incident).
 */
import { type Address, parseAddress } from '../../address/address.ts';
import { hostPrefix } from '../../address/prefix.ts';
import type { Flow } from '../../flow/flow.ts';
import type { TableChange } from '../../flow/flow-table.ts';
import type { LoggedPacket } from '../../nflog/packet.ts';
import type { EvidenceSettings } from '../../policy/schema/evidence.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { KernelStatus } from '../commands.ts';
import type { Engine } from '../engine.ts';
import type { InForce } from '../policy-keeper.ts';
import { FlowRows } from './flow-rows.ts';
import { FlowWindow } from './flow-window.ts';
import { PacketRing, type RingPacket } from './packet-ring.ts';

const LIMITS = { flows: 2_000, standing: 1_000, packets: 200 } as const;

/** Addresses are canonical text. */
export interface EvidenceQuestion {
  readonly host: string;
  /** What the incident is about besides the host: where it went, before and after NAT. */
  readonly others: readonly string[];
  /** Sightings from then on, and before; ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface EvidenceView {
  readonly atMs: number;
  readonly policy: {
    readonly name: string;
    readonly digest: string;
    readonly mode: string;
    readonly revision: number;
  };
  readonly kernel: KernelStatus;
  /** Sightings, the newest first, and what stands now. */
  readonly flows: { readonly words: Uint32Array<ArrayBuffer>; readonly numbers: Float64Array<ArrayBuffer> };
  readonly truncated: boolean;
  /** What was seen before is not known any more; null: all is. */
  readonly forgottenBeforeMs: number | null;
  /** Ids of the rules in force by their place, and since when they are: earlier sightings name other rules. */
  readonly rules: readonly string[];
  readonly rulesSinceMs: number;
  /** Dropped packets that were told before. */
  readonly packets: readonly RingPacket[];
}

export class EvidenceKeeper {
  readonly #window = new FlowWindow();
  readonly #ring = new PacketRing();
  #inForce: InForce | undefined;
  #changedAtMs = 0;

  changePolicy(next: InForce, nowMs: number): void {
    this.#inForce = next;
    this.#changedAtMs = nowMs;
    const { incidents, packets } = next.policy.evidence;
    this.#ring.resize(packets.enabled && incidents !== 'none' ? packets.ringBytes : 0);
  }

  get settings(): EvidenceSettings | null {
    return this.#inForce?.policy.evidence ?? null;
  }

  /** `verdict`: under which it goes on, or went on until its end. */
  take({ kind, flow }: TableChange, verdict: Verdict | undefined, nowMs: number): void {
    if (kind !== 'progressed') this.#window.note(kind, flow, verdict, nowMs);
  }

  refused(flow: Flow, verdict: Verdict, nowMs: number): void {
    this.#window.note('refused', flow, verdict, nowMs);
  }

  told(packet: LoggedPacket, nowMs: number): void {
    this.#ring.note(packet, nowMs);
  }

  /** @throws AddressError */
  view(engine: Engine, question: EvidenceQuestion, nowMs: number): EvidenceView {
    const host = parseAddress(question.host);
    const others = question.others.map(parseAddress);
    const { fromMs, toMs } = question;
    const { policy } = engine.policies.inForce;
    const seen = this.#window.find({ addresses: [host, ...others], fromMs, toMs, limit: LIMITS.flows });
    const standing = this.#standing(engine, host, others, nowMs);
    const rows = joined(seen.rows, standing.rows);
    return {
      atMs: nowMs,
      policy: {
        name: policy.name,
        digest: policy.digest,
        mode: policy.mode,
        revision: engine.journal.lastRevision,
      },
      kernel: engine.keeper.status,
      flows: { words: rows.words, numbers: rows.numbers },
      truncated: seen.truncated || standing.truncated,
      forgottenBeforeMs: this.#window.forgottenBeforeMs ?? null,
      rules: policy.rules.map(({ id }) => id),
      rulesSinceMs: this.#changedAtMs,
      packets: this.#ring.find({ host, others, fromMs, limit: LIMITS.packets }),
    };
  }

  #standing({ table, judge }: Engine, host: Address, others: readonly Address[], nowMs: number) {
    // One more tells that there are more.
    const most = LIMITS.standing + 1;
    const slots = new Set(table.matching({ kind: 'host', host, except: [] }, most));
    for (const other of others) {
      const found = table.matching({ kind: 'destination', prefix: hostPrefix(other) }, most);
      for (const slot of found) slots.add(slot);
    }
    const some = [...slots].slice(0, LIMITS.standing);
    const rows = FlowRows.of(some.length);
    some.forEach((slot, row) => {
      rows.write(row, 'standing', table.flowAt(slot), judge.verdictOf(slot), nowMs);
    });
    return { rows, truncated: some.length < slots.size };
  }
}

function joined(first: FlowRows, second: FlowRows): FlowRows {
  const rows = FlowRows.of(first.length + second.length);
  rows.words.set(first.words);
  rows.words.set(second.words, first.words.length);
  rows.numbers.set(first.numbers);
  rows.numbers.set(second.numbers, first.numbers.length);
  return rows;
}
