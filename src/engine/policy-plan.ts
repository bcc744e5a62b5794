/** What another policy would change, for a person to read before it is applied. */
import { formatAddress } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { formatService, serviceOf } from '../incident/service.ts';
import type { FlowQuestion, Verdict } from '../policy/verdict.ts';
import type { PolicyPlan } from './commands.ts';
import { asOpened, forecastDrop } from './drop-forecast.ts';
import type { Job } from './job.ts';
import {
  differences,
  guardrailDifferences,
  neverBlockDifferences,
  responseDifferences,
} from './policy-differences.ts';
import type { InForce } from './policy-keeper.ts';
import { Tally } from './tally.ts';

const MAX_EXAMPLES = 20;
const MAX_TALLIED = 20;

const NOT_OUTBOUND: Verdict = { kind: 'exempt', reason: 'notOutbound' };

/** All but what decisions and operators have to do with it. Visits all standing flows once, each as it is then. */
export function* planPolicy(
  now: InForce,
  next: InForce,
  table: Pick<FlowTable, 'visit'>,
  atMs: number,
): Job<Omit<PolicyPlan, 'lifts' | 'cutsOperators'>> {
  const [before, after] = [now.policy, next.policy];
  const byId = ({ id }: { id: string }) => id;
  const byName = ({ name }: { name: string }) => name;
  return {
    changed: before.digest !== after.digest,
    fromDigest: before.digest,
    toDigest: after.digest,
    mode: { from: before.mode, to: after.mode },
    rules: differences(before.rules, after.rules, byId),
    denyLists: differences(before.denyLists, after.denyLists, byId),
    hostGroups: differences(before.hostGroups, after.hostGroups, byName),
    addressSets: differences(before.addressSets, after.addressSets, byName),
    services: differences(before.services, after.services, byName),
    schedules: differences(before.schedules, after.schedules, byName),
    response: responseDifferences(before.response, after.response),
    neverBlock: neverBlockDifferences(before.neverBlock, after.neverBlock),
    guardrails: guardrailDifferences(before, after),
    ...(yield* compareFlows(now, next, table, atMs)),
  };
}

function* compareFlows(
  now: InForce,
  next: InForce,
  table: Pick<FlowTable, 'visit'>,
  atMs: number,
): Job<Pick<PolicyPlan, 'flows' | 'cuts'>> {
  const found = { newlyDenied: 0, newlyAllowed: 0, examples: [] as string[] };
  const cuts = new Cuts();
  yield* table.visit((flow) => {
    const question = asOpened(flow);
    const was = judge(now, question, atMs);
    const will = judge(next, question, atMs);
    cuts.look(now, next, { flow, question, was, will }, atMs);
    if (was.kind === will.kind) return;
    if (will.kind === 'deny') found.newlyDenied += 1;
    else if (was.kind === 'deny') found.newlyAllowed += 1;
    else return;
    if (found.examples.length < MAX_EXAMPLES) found.examples.push(describeChange(question, was, will));
  });
  return { flows: found, cuts: cuts.told() };
}

/** Which end is ours may change with the host groups; only who opened it can be judged. */
function judge({ compiled }: InForce, question: FlowQuestion, atMs: number): Verdict {
  return compiled.isOurs(question.host) ? compiled.evaluate(question, atMs) : NOT_OUTBOUND;
}

interface Judged {
  readonly flow: Flow;
  readonly question: FlowQuestion;
  readonly was: Verdict;
  readonly will: Verdict;
}

/** Connections that the kernel would end: it lets them pass now, and would not then. */
class Cuts {
  #count = 0;
  readonly #byRule = new Tally();
  readonly #byHost = new Tally();
  readonly #byDestination = new Tally();
  readonly #examples: string[] = [];

  look(now: InForce, next: InForce, { flow, question, was }: Judged, atMs: number): void {
    const denial = forecastDrop(next.compiled, question, atMs);
    if (denial === undefined || forecastDrop(now.compiled, question, atMs) !== undefined) return;
    this.#count += 1;
    this.#byRule.add(was.kind === 'allow' ? was.rule : because(was));
    this.#byHost.add(formatAddress(question.host));
    this.#byDestination.add(`${formatAddress(question.destination)} ${formatService(serviceOf(question))}`);
    if (this.#examples.length >= MAX_EXAMPLES) return;
    const sent = `${flow.bytesOut + flow.bytesIn} bytes so far`;
    this.#examples.push(`${describeChange(question, was, denial)} (${sent})`);
  }

  told(): PolicyPlan['cuts'] {
    return {
      count: this.#count,
      byRule: this.#byRule.most(MAX_TALLIED),
      byHost: this.#byHost.most(MAX_TALLIED),
      byDestination: this.#byDestination.most(MAX_TALLIED),
      examples: this.#examples,
    };
  }
}

function describeChange(question: FlowQuestion, was: Verdict, will: Verdict): string {
  const service = formatService(serviceOf(question));
  return `${formatAddress(question.host)} to ${formatAddress(question.destination)} ${service}: ${because(was)}, then ${because(will)}`;
}

/** One verdict in a few words: the id of a rule or list where there is one. */
export function because(verdict: Verdict): string {
  if (verdict.kind === 'allow') return `allowed by ${verdict.rule}`;
  if (verdict.kind === 'exempt') return verdict.reason;
  return verdict.cause === 'denyList' ? `denied by ${verdict.list}` : 'allowed by no rule';
}
