/**
 * Standing flows for a person, a page at a time. This runs between the kernel's events, so each call is bounded: only
 * so many flows are judged, and a page that is asked for by what the policy says of a flow may come short. Who wants
 * it full asks on from `next`.
 */
import { formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowPlace } from '../flow/flow-selection.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { FlowFilter, FlowListing, FlowView } from './commands.ts';
import { because } from './policy-plan.ts';

/** Flows that are judged in one call, some milliseconds' worth. */
const MAX_JUDGED = 2_048;

export function listFlows(
  table: FlowTable,
  policy: CompiledPolicy,
  filter: FlowFilter,
  nowMs: number,
): FlowListing {
  const { limit, sort = 'started', host, destination, verdict, rule } = filter;
  const judged = verdict !== undefined || rule !== undefined;
  const most = judged ? Math.max(limit, MAX_JUDGED) : limit;
  const places = table.select({
    order: sort,
    limit: most + 1,
    after: filter.after === undefined ? undefined : placeOf(filter.after),
    host: host === undefined ? undefined : parseAddress(host),
    destination: destination === undefined ? undefined : parseAddress(destination),
    protocol: filter.protocol,
    port: filter.port,
  });
  const flows: FlowView[] = [];
  let seen = 0;
  while (seen < places.length && seen < most && flows.length < limit) {
    const flow = table.flowAt((places[seen++] as FlowPlace).slot);
    const said = policy.evaluate(flow, nowMs);
    if (isAsked(said, filter)) flows.push({ ...viewOf(flow), verdict: said.kind, because: because(said) });
  }
  const last = places[seen - 1];
  const next = seen < places.length && last !== undefined ? placeText(last) : null;
  return { flows, standing: table.size, truncated: next !== null, next };
}

function isAsked(said: Verdict, { verdict, rule }: FlowFilter): boolean {
  if (verdict !== undefined && said.kind !== verdict) return false;
  return rule === undefined || idOf(said) === rule;
}

/** Of the rule that allows it or the list that it is on. */
function idOf(said: Verdict): string | undefined {
  if (said.kind === 'allow') return said.rule;
  return said.kind === 'deny' && said.cause === 'denyList' ? said.list : undefined;
}

/** Numbers both, as JavaScript writes them. */
const PLACE = /^([0-9]{1,16}(?:\.[0-9]{1,16})?)_([0-9]{1,10})$/;

function placeText({ key, slot }: FlowPlace): string {
  return `${key}_${slot}`;
}

function placeOf(text: string): FlowPlace | undefined {
  const found = PLACE.exec(text);
  return found ? { key: Number(found[1]), slot: Number(found[2]) } : undefined;
}

function viewOf(flow: Flow): Omit<FlowView, 'verdict' | 'because'> {
  const moved =
    !sameAddress(flow.destination, flow.translated) || flow.destinationPort !== flow.translatedPort;
  const { icmpType: _, icmpCode: __, ...rest } = flow;
  return {
    ...rest,
    host: formatAddress(flow.host),
    destination: formatAddress(flow.destination),
    translated: moved ? formatAddress(flow.translated) : null,
    translatedPort: moved ? flow.translatedPort : null,
  };
}
