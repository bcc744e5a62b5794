/** Flows as the engine sends them. */
import { parseAddress } from '../../../../src/address/address.ts';
import { FlowRows } from '../../../../src/engine/evidence/flow-rows.ts';
import type { FlowPage } from '../../../../src/engine/flow-page.ts';
import type { FlowListing, FlowView } from '../../../../src/engine/listing.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';

export function flowPage({ flows, ...rest }: FlowListing): FlowPage {
  const rows = FlowRows.of(flows.length);
  for (const [row, view] of flows.entries()) {
    const { host, destination, translated, translatedPort, destinationPort } = view;
    const flow = {
      ...view,
      ...{ host: parseAddress(host), destination: parseAddress(destination) },
      ...{ translated: parseAddress(translated ?? destination), icmpType: -1, icmpCode: -1 },
      translatedPort: translatedPort ?? destinationPort,
    };
    rows.write(row, 'standing', flow, VERDICTS[view.verdict], view.lastSeenAtMs);
  }
  const because = flows.map((flow) => flow.because);
  return { words: rows.words, numbers: rows.numbers, because, ...rest };
}

/** Its kind is told; the reason goes beside it. */
const VERDICTS: Readonly<Record<FlowView['verdict'], Verdict>> = {
  allow: { kind: 'allow', rule: '', ruleIndex: 0 },
  deny: { kind: 'deny', cause: 'policyViolation' },
  exempt: { kind: 'exempt', reason: 'notOutbound' },
};
