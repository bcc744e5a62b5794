/** Recorded flows as contacts: what was answered, what was not, and what cannot be learnt. */
import { emptyRecordedFlow, type MutableRecordedFlow } from '../../flow/recorded/recorded-flow.ts';
import type { RecordedFlows } from '../../flow/recorded/recorded-flows.ts';
import { isLinkScope } from '../../policy/matcher/link-scope.ts';
import { Contacts } from './contacts.ts';
import type { OwnHosts } from './own-hosts.ts';
import { serviceKey } from './service.ts';

/**
 * notOurs: no host of ours opened it; linkScope: it never leaves the link, so a policy has no say; nameless: no rule
 * could name its service (an ICMP type that nobody wrote down, port 0); leftOut: beyond what one file holds.
 */
export type Unlearnt = 'notOurs' | 'linkScope' | 'nameless' | 'unanswered' | 'refused' | 'leftOut';

export class Traffic {
  readonly answered: Contacts;
  /** Contacts of which at least one flow failed. */
  readonly failed: Contacts;
  readonly flows: number;
  /** Of all flows, whoever opened them; infinite when there are none. */
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  /** Flows. */
  readonly unlearnt: Record<Unlearnt, number> = {
    ...{ notOurs: 0, linkScope: 0, nameless: 0 },
    ...{ unanswered: 0, refused: 0, leftOut: 0 },
  };

  constructor(flows: RecordedFlows, hosts: OwnHosts, maxContacts?: number) {
    this.answered = new Contacts(maxContacts);
    this.failed = new Contacts(maxContacts);
    this.flows = flows.length;
    const flow = emptyRecordedFlow();
    for (let place = 0; place < flows.length; place++) {
      flows.read(place, flow);
      const reason = this.#take(flow, hosts);
      if (reason !== undefined) this.unlearnt[reason]++;
    }
  }

  #take(flow: MutableRecordedFlow, hosts: OwnHosts): Unlearnt | undefined {
    this.firstMs = Math.min(this.firstMs, flow.startedAtMs);
    this.lastMs = Math.max(this.lastMs, flow.startedAtMs + flow.durationMs);
    const host = hosts.find(flow.source);
    if (host === undefined) return 'notOurs';
    if (isLinkScope(flow.destination)) return 'linkScope';
    const service = serviceKey(flow);
    if (flow.outcome !== 'answered') {
      if (service !== undefined) this.failed.see(flow, host, service);
      return flow.outcome;
    }
    if (service === undefined) return 'nameless';
    return this.answered.see(flow, host, service) ? undefined : 'leftOut';
  }
}
