/**
 * From a flow to what is done about it, put together:
 *
 *   judge --> responder --> desk --> enforcer
 *               |   |        |          |
 *      incidents    |      journal    cutter
 *              safeguards
 *
 * There are two: the engine's, and that of its rehearsal (rehearsal/stage.ts), which teaches V8 what the first runs. So
 * what they call on the way is made here, once: other objects would be other shapes.
 */
import type { Address } from '../address/address.ts';
import type { Decision } from '../decision/decision.ts';
import type { Surroundings } from '../decision/surroundings.ts';
import type { Enforcer } from '../enforcement/enforcer.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { CaseBook } from '../incident/case-book.ts';
import { IncidentBook } from '../incident/incident-book.ts';
import { IncidentNumbers } from '../incident/incident-numbers.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BlockLatency } from './block-latency.ts';
import { Cutter } from './cutter.ts';
import { DecisionDesk } from './decision-desk.ts';
import { type HostCensus, hostsTalkingTo } from './host-census.ts';
import type { Journal } from './journal.ts';
import type { ConntrackEvents } from './kernel.ts';
import type { KernelKeeper } from './kernel-keeper.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import { Responder } from './responder.ts';
import { Safeguards } from './safeguards.ts';
import { type OnAllowed, TrafficJudge } from './traffic-judge.ts';

export interface ResponsePathParts {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly enforcer: Enforcer;
  readonly keeper: Pick<KernelKeeper, 'verify'>;
  readonly conntrack: Pick<ConntrackEvents, 'delete'>;
  readonly table: FlowTable;
  readonly policies: PolicyKeeper;
  readonly census: HostCensus;
  readonly latency: BlockLatency;
  /** A host that will be quarantined, with what else is its own. */
  readonly covered: (decision: Decision, nowMs: number) => Decision;
  readonly onQuarantines: (nowMs: number) => void;
  readonly onCaseClosed: (host: Address) => void;
  readonly onAllowed: OnAllowed;
}

export class ResponsePath {
  readonly cutter: Cutter;
  readonly desk: DecisionDesk;
  readonly incidents: IncidentBook;
  readonly cases: CaseBook;
  readonly safeguards: Safeguards;
  readonly responder: Responder;
  readonly judge: TrafficJudge;
  /** What this machine is and needs, as it was last seen. */
  surroundings: Surroundings | undefined;

  constructor(parts: ResponsePathParts) {
    const { ledger, journal, enforcer, keeper, table, policies, census, latency } = parts;
    const { queries } = ledger;
    this.cutter = new Cutter(parts.conntrack, table, journal);
    this.desk = new DecisionDesk(
      {
        journal,
        enforcer,
        keeper,
        cutter: this.cutter,
        // At the start none is in force yet.
        policyDigest: () => policies.digest ?? queries.revisions({ limit: 1 })[0].policyDigest,
        covered: parts.covered,
        onQuarantines: parts.onQuarantines,
      },
      numberOf(queries.decisions({ limit: 1 })[0]?.id),
    );
    const numbers = new IncidentNumbers(numberOf(queries.incidents({ limit: 1 })[0]?.id) + 1);
    this.incidents = new IncidentBook({ numbers });
    this.cases = new CaseBook({
      numbers,
      groupsOf: (host) => policies.inForce.compiled.groupsOf(host),
      onClosed: parts.onCaseClosed,
    });
    this.safeguards = new Safeguards({
      journal,
      inForce: () => policies.inForce,
      surroundings: () => this.surroundings,
      active: this.desk.active,
      knownHosts: () => census.size,
      hostsTalkingTo: (network) => hostsTalkingTo(table, network),
      connectionsWith: (address, enough) => table.countWith(address, enough),
    });
    this.responder = new Responder({
      desk: this.desk,
      incidents: this.incidents,
      cases: this.cases,
      journal,
      inForce: () => policies.inForce,
      safeguards: this.safeguards,
      onBlocked: (eventAtMs) => latency.blocked(eventAtMs),
    });
    this.judge = new TrafficJudge(
      this.desk.active,
      this.cutter,
      (flow, finding, eventAtMs) => this.responder.onFinding(flow, finding, eventAtMs, Date.now()),
      parts.onAllowed,
    );
  }
}

function numberOf(id: string | undefined): number {
  return id === undefined ? 0 : Number(id.slice(1));
}
