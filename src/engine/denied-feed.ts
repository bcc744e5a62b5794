/**
 * What the kernel drops by the policy never becomes a connection, so no event of conntrack tells of it. The rules tell
 * the first packets (enforcement/ruleset/telling.ts), which become attempts:
 *
 *   packet ---- no packet, or no rule of ours wrote its prefix         counted
 *     |
 *     +-------- spared                                                 counted: it is let through, and conntrack tells
 *     |
 *     +-------- the same connection again (a retry of TCP)             counted
 *     |
 *     v
 *   attempt --- detection: a connection that began and got no answer
 *     |
 *     +-------- evaluate: deny ------------------------> finding, as if conntrack had shown it
 *                         allow, over a limit of it ---> finding
 *                         otherwise -------------------> kernel and policy disagree: counted, and said aloud
 *
 * Senders may be made up and floods are dropped packets too: the kernel tells only so many, and what is remembered here
 * is bounded.
 */
import { isLimit, type LimitName, readPrefix } from '../enforcement/ruleset/telling.ts';
import type { Flow } from '../flow/flow.ts';
import { emptyFlow, type MutableFlow } from '../flow/flow-reader.ts';
import type { PolicyFinding } from '../incident/finding.ts';
import type { LoggedPacket } from '../nflog/packet.ts';
import type { NflogSocket } from '../nflog/socket.ts';
import { refusedBreach } from '../policy/limits.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { AnomalyWatch } from './anomaly-watch.ts';
import type { Journal } from './journal.ts';
import type { InForce } from './policy-keeper.ts';
import { because } from './policy-plan.ts';
import { RecentAttempts } from './recent-attempts.ts';
import type { OnFinding } from './traffic-judge.ts';

export type PacketLog = Pick<NflogSocket, 'fd' | 'drain' | 'counters'>;

export interface DeniedFeedParts {
  /** Undefined while another process reads our group. */
  readonly log: () => PacketLog | undefined;
  readonly inForce: () => InForce;
  readonly onFinding: OnFinding;
  /** Of every attempt, with what the policy says of it. */
  readonly onAttempt?: (flow: Flow, verdict: Verdict, nowMs: number) => void;
  /** Every packet that was dropped and told. */
  readonly onTold?: (packet: LoggedPacket, nowMs: number) => void;
  readonly anomalies: Pick<AnomalyWatch, 'refused'>;
  readonly journal: Pick<Journal, 'log'>;
}

export interface DeniedCounters {
  /** Packets that were dropped and told. */
  reported: number;
  /** Attempts among them: each connection once. */
  attempts: number;
  /** Packets that were told and let through, as neverBlock asks. */
  spared: number;
  /** Attempts that the kernel dropped and the policy allows. */
  disagreements: number;
  /** Told, and of no use: no IP packet, or of another rule. */
  unreadable: number;
}

/** Packets taken before other work gets its turn. */
const PACKETS_A_TURN = 128;
/** The kernel judged by the policy before, and the packet waited meanwhile. */
const CHANGE_SLACK_MS = 2_000;
const SAY_EVERY_MS = 10_000;
const VIOLATION = { kind: 'deny', cause: 'policyViolation' } as const;

export class DeniedFeed {
  readonly counters: DeniedCounters = {
    reported: 0,
    attempts: 0,
    spared: 0,
    disagreements: 0,
    unreadable: 0,
  };
  readonly #parts: DeniedFeedParts;
  readonly #recent = new RecentAttempts();
  readonly #flow: MutableFlow = emptyFlow();
  #nowMs = 0;
  #changedAtMs = 0;
  #sayAgainAt = 0;

  constructor(parts: DeniedFeedParts) {
    this.#parts = parts;
  }

  /** Take some of the packets that wait. @returns whether more may wait */
  drain(nowMs: number): boolean {
    this.#nowMs = nowMs;
    return this.#parts.log()?.drain(this.#take, PACKETS_A_TURN) ?? false;
  }

  /** What the policy says is another from now on. */
  changePolicy(nowMs: number): void {
    this.#changedAtMs = nowMs;
  }

  readonly #take = (packet: LoggedPacket): void => {
    const rule = readPrefix(packet.prefix);
    if (rule === undefined || packet.known === 'nothing') {
      this.counters.unreadable += 1;
      return;
    }
    if (rule.told === 'spared') {
      this.counters.spared += 1;
      return;
    }
    // Those are packets in the midst of a connection: how many depends on how much it sends.
    if (rule.told !== 'bytesOut') this.counters.reported += 1;
    this.#parts.onTold?.(packet, this.#nowMs);
    if (!this.#recent.isNew(packet, this.#nowMs)) return;
    this.counters.attempts += 1;
    const { compiled } = this.#parts.inForce();
    fillFlow(this.#flow, packet, compiled.isOurs(packet.source), this.#nowMs);
    this.#parts.anomalies.refused(this.#flow, this.#nowMs);
    const verdict = compiled.evaluate(this.#flow, this.#flow.startedAtMs);
    this.#parts.onAttempt?.(this.#flow, verdict, this.#nowMs);
    if (verdict.kind === 'deny') this.#parts.onFinding(this.#flow, verdict, packet.atMs);
    else if (isLimit(rule.told)) this.#overLimit(rule.told, verdict, packet.atMs);
    // Where it was led is allowed or exempt, what it asked for is not, and only the kernel knows what that was.
    else if (rule.translated)
      this.#parts.onFinding(this.#flow, VIOLATION satisfies PolicyFinding, packet.atMs);
    else this.#disagree(this.#flow, verdict);
  };

  /** A policy without that limit may have come meanwhile. */
  #overLimit(limit: LimitName, verdict: Verdict, atMs: number): void {
    if (verdict.kind !== 'allow') return;
    const { rules } = this.#parts.inForce().policy;
    const breach = refusedBreach(rules[verdict.ruleIndex], verdict.ruleIndex, limit, this.#flow.host);
    if (breach !== undefined) this.#parts.onFinding(this.#flow, breach, atMs);
  }

  #disagree(flow: Flow, verdict: Verdict): void {
    const { inForce, journal } = this.#parts;
    if (flow.startedAtMs < this.#changedAtMs + CHANGE_SLACK_MS) return;
    this.counters.disagreements += 1;
    const now = performance.now();
    if (now < this.#sayAgainAt) return;
    this.#sayAgainAt = now + SAY_EVERY_MS;
    const { explain } = inForce().compiled;
    journal.log('error', `the kernel dropped what the policy does not deny (${because(verdict)})`, {
      disagreements: this.counters.disagreements,
      last: explain.call(inForce().compiled, flow, flow.startedAtMs).join('; '),
    });
  }
}

function fillFlow(flow: MutableFlow, packet: LoggedPacket, isOurs: boolean, nowMs: number): void {
  flow.direction = isOurs ? 'outbound' : 'foreign';
  flow.protocol = Math.max(0, packet.protocol);
  Object.assign(flow.host, packet.source);
  flow.hostPort = packet.sourcePort;
  Object.assign(flow.destination, packet.destination);
  Object.assign(flow.translated, packet.destination);
  flow.destinationPort = packet.destinationPort;
  flow.translatedPort = packet.destinationPort;
  flow.icmpType = packet.icmpType;
  flow.icmpCode = packet.icmpCode;
  // What this machine sends itself has no time of arrival.
  flow.startedAtMs = packet.atMs || nowMs;
  flow.lastSeenAtMs = flow.startedAtMs;
}
