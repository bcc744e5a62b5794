/**
 * Runs the detectors beside the judge, and folds what they say into cases:
 *
 *   change of a flow -> detection -> finding -> suppressed? -> case -> responder
 *          |                ^
 *          +-> reply watch -+  not answered for some seconds
 */
import { type Address, sameAddress } from '../address/address.ts';
import type { ConntrackEntry } from '../conntrack/entry.ts';
import type { Surroundings } from '../decision/surroundings.ts';
import { Detection } from '../detection/detection.ts';
import type { Finding } from '../detection/finding.ts';
import type { HashKeys } from '../detection/flow-keys.ts';
import { isEchoRequest, isTcp } from '../detection/surroundings.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowTable, TableChange } from '../flow/flow-table.ts';
import type { CaseBook, CaseNews } from '../incident/case-book.ts';
import type { AnomalyDetector } from '../policy/schema/detectors.ts';
import type { InForce } from './policy-keeper.ts';
import { ReplyWatch } from './reply-watch.ts';
import type { Suppressions } from './suppressions.ts';

export interface AnomalyWatchParts {
  readonly table: FlowTable;
  readonly cases: CaseBook;
  readonly suppressions: Suppressions;
  readonly surroundings: () => Surroundings | undefined;
  readonly onObserved: (news: CaseNews, nowMs: number) => void;
  readonly keys: HashKeys;
}

/** Of a packet that did not leave. */
const NOTHING_CAME = { bytesOut: 0, bytesIn: 0, packetsOut: 0, packetsIn: 0 } as const;

/** What a detector said since the start, and how much of it was heard. */
interface FindingCount {
  readonly detector: AnomalyDetector;
  heard: number;
  suppressed: number;
}

export class AnomalyWatch {
  readonly findings = new Map<AnomalyDetector, FindingCount>();
  readonly detection: Detection;
  readonly #parts: AnomalyWatchParts;
  readonly #replies: ReplyWatch;
  #isOn = false;

  constructor(parts: AnomalyWatchParts) {
    this.#parts = parts;
    this.#replies = new ReplyWatch(parts.table);
    this.detection = new Detection({
      keys: parts.keys,
      onFinding: (finding) => this.#onFinding(finding, Date.now()),
    });
    // What lies before was not watched.
    this.detection.advance(Date.now());
  }

  changePolicy({ policy, compiled }: InForce): void {
    this.#isOn = Object.keys(policy.detectors).length > 0;
    this.detection.configure({
      settings: policy.detectors,
      groupsOf: (host: Address) => compiled.groupsOf(host),
    });
  }

  /** `entry` is what was observed just now. */
  take(change: TableChange, entry: ConntrackEntry | undefined, nowMs: number): void {
    const { flow, kind, slot } = change;
    const settled = this.#replies.note(change);
    if (!this.#isOn || flow.direction === 'inbound') return;
    if (flow.direction === 'foreign' && this.#isOwn(flow.destination)) return;
    const adopted = kind === 'started' && entry?.event === 'dump';
    // First of all: after a jump of the clock, or a pause, nobody has watched the hours between.
    this.detection.advance(nowMs);
    this.detection.observe(change, nowMs, settled ? 'settled' : adopted ? 'adopted' : undefined);
    if (kind !== 'started' || adopted || flow.replied) return;
    if (isTcp(flow.protocol) || isEchoRequest(flow.protocol, flow.icmpType))
      this.#replies.add(slot, performance.now());
  }

  /** The kernel dropped what would have opened this flow: it began, and nobody will answer. */
  refused(flow: Flow, nowMs: number): void {
    if (!this.#isOn) return;
    this.detection.advance(nowMs);
    this.detection.observe({ ...NOTHING_CAME, kind: 'started', flow }, nowMs);
    this.detection.observe({ ...NOTHING_CAME, kind: 'ended', flow }, nowMs);
  }

  /** What time brings. */
  advance(nowMs: number): void {
    this.detection.advance(nowMs);
    this.#replies.sweep(performance.now(), (flow: Flow) => this.detection.unanswered(flow, nowMs));
  }

  /** @returns whether it was heard */
  #onFinding(finding: Finding, nowMs: number): boolean {
    const { cases, suppressions, onObserved } = this.#parts;
    const count = this.#countOf(finding.detector);
    if (suppressions.find(finding, nowMs) !== undefined) {
      count.suppressed += 1;
      return false;
    }
    count.heard += 1;
    const observed = cases.observe(finding, nowMs);
    if (observed.kind === 'noted') return true;
    this.detection.suspect(finding.flow.host, observed.incident.score);
    onObserved(observed, nowMs);
    return true;
  }

  #countOf(detector: AnomalyDetector): FindingCount {
    const known = this.findings.get(detector) ?? { detector, heard: 0, suppressed: 0 };
    this.findings.set(detector, known);
    return known;
  }

  /** Somebody of no group who comes to this machine itself is a visitor, not a host of ours. */
  #isOwn(address: Address): boolean {
    const own = this.#parts.surroundings()?.ownAddresses.addresses ?? [];
    return own.some((each) => sameAddress(each, address));
  }
}
