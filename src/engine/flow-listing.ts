/**
 * Standing flows for a person, a page at a time, found and written between the kernel's events (job.ts). A page is of
 * what stood when it was looked through, in the order of that moment, without what has ended until it was written; the
 * numbers and verdicts are those of when it was. So it may come short: who wants it full asks on from `next`.
 */
import { parseAddress } from '../address/address.ts';
import { emptyFlow } from '../flow/flow-reader.ts';
import type { FlowPlace } from '../flow/flow-selection.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { FlowFilter } from './commands.ts';
import { FlowRows } from './evidence/flow-rows.ts';
import type { FlowPage } from './flow-page.ts';
import type { Job } from './job.ts';
import { because } from './policy-plan.ts';

/** Written between two pauses; one takes a microsecond or two. */
const FLOWS_A_PIECE = 16;

/** @throws AddressError */
export function* listFlows(
  table: FlowTable,
  policy: CompiledPolicy,
  filter: FlowFilter,
  nowMs: number,
): Job<FlowPage> {
  const { limit, sort = 'started', after, host, destination, protocol, port } = filter;
  const flow = emptyFlow();
  const judge = (slot: number) => {
    table.readAt(slot, flow);
    return policy.evaluate(flow, nowMs);
  };
  const isJudged = filter.verdict !== undefined || filter.rule !== undefined;
  const chosen = yield* table.select({
    order: sort,
    limit: limit + 1,
    after: after === undefined ? undefined : placeOf(after),
    host: host === undefined ? undefined : parseAddress(host),
    destination: destination === undefined ? undefined : parseAddress(destination),
    ...{ protocol, port },
    accept: isJudged ? (slot) => isAsked(judge(slot), filter) : undefined,
  });
  const shown = chosen.slice(0, limit);
  const rows = FlowRows.of(shown.length);
  const whys: string[] = [];
  for (const [n, place] of shown.entries()) {
    if (n % FLOWS_A_PIECE === 0) yield;
    if (!table.stands(place)) continue;
    const said = judge(place.slot);
    if (!isAsked(said, filter)) continue;
    rows.write(whys.length, 'standing', flow, said, nowMs);
    whys.push(because(said));
  }
  const { words, numbers } = rows.cut(whys.length);
  const last = shown.at(-1);
  const next = chosen.length > limit && last !== undefined ? placeText(last) : null;
  return { words, numbers, because: whys, standing: table.size, truncated: next !== null, next };
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
