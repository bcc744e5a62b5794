/**
 * From an incident and the flow at hand to what is done about it. Pure: the same input gives the same outcome.
 *
 *   policy.mode audit ............................... alert
 *   response for the cause says alert ............... alert
 *   the kernel stops it already (mode enforce) ...... alert
 *   the response acts on other host groups first .... withhold
 *   a guardrail says no ............................. veto
 *   otherwise ....................................... act
 *
 * After NAT a block must name what the kernel's sets see (enforcement/ruleset/blocks.ts):
 *
 *   flow         packets in the forward hook already have the translated destination, so that is named
 *   destination  the sets also look at the destination asked for, so the end that is at fault is named: where a proxy
 *                of ours takes what was asked of elsewhere, the proxy must not be blocked for everybody
 */
import { type Address, copyAddress, formatAddress, sameAddress } from '../address/address.ts';
import { formatPrefix, hostPrefix } from '../address/prefix.ts';
import type { Incident, Service } from '../incident/incident.ts';
import { formatService, portOf } from '../incident/service.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { Answer } from '../policy/policy.ts';
import type { FlowQuestion } from '../policy/verdict.ts';
import type { Target } from './decision.ts';
import { checkAutomatic, type GuardrailContext, keepReachable, type Veto } from './guardrails.ts';
import type { Proposal } from './proposal.ts';
import { describeTarget, type Subject, subjectOf } from './subject.ts';

export type Outcome =
  | { readonly kind: 'alert' }
  /** `reason`: a sentence for a person. */
  | { readonly kind: 'withhold'; readonly proposal: Proposal; readonly reason: string }
  /** `subject`: of the proposal's target. */
  | { readonly kind: 'act'; readonly proposal: Proposal; readonly subject: Subject }
  | ({ readonly kind: 'veto'; readonly proposal: Proposal } & Veto);

/** What {@link decide} asks of the policy. */
export type ResponsePolicy = Pick<
  CompiledPolicy,
  'mode' | 'response' | 'evaluate' | 'neverBlock' | 'groupsOf'
>;
type Action = Exclude<Answer, { action: 'alert' }>;

/** `flow`: of the host that the incident is of. */
export function decide(
  incident: Incident,
  flow: FlowQuestion,
  policy: ResponsePolicy,
  context: GuardrailContext,
  atMs: number,
): Outcome {
  const answer = policy.response.byDetector[incident.cause] ?? policy.response.default;
  if (policy.mode === 'audit' || answer.action === 'alert' || isStopped(incident, answer, policy))
    return { kind: 'alert' };
  const { target, subject } = aimOf(answer, incident, flow, policy, atMs);
  const persons = answer.action === 'quarantine' && context.guardrails?.twoPersons.quarantine ? 2 : 1;
  const proposal = proposalOf(incident, answer, target, flow, persons);
  const withheld = outsideCanary(answer, flow, policy);
  if (withheld !== undefined) return { kind: 'withhold', proposal, reason: withheld };
  const veto = checkAutomatic(subject, context);
  return veto ? { kind: 'veto', proposal, ...veto } : { kind: 'act', proposal, subject };
}

/** A block of what no rule allows would stop what the kernel's allowlist stops; a quarantine stops more. */
function isStopped({ cause }: Incident, { action }: Answer, { mode }: ResponsePolicy): boolean {
  return mode === 'enforce' && cause === 'policyViolation' && action === 'block';
}

/** Why the response does not act on this host yet; undefined when it does. */
function outsideCanary(
  { canary }: Action,
  { host }: FlowQuestion,
  policy: ResponsePolicy,
): string | undefined {
  if (canary === null) return undefined;
  const groups = policy.groupsOf(host);
  if (groups.some((group) => canary.includes(group))) return undefined;
  return `canary: it acts on ${canary.join(', ')} first, and ${formatAddress(host)} is in ${groups.join(', ') || 'no group'}`;
}

/** What `subjectOf` makes of the target: of a block it is made of the flow, and no text is read back. */
interface Aim {
  readonly target: Target;
  readonly subject: Subject;
}

function aimOf(
  answer: Action,
  { host: named }: Incident,
  flow: FlowQuestion,
  policy: ResponsePolicy,
  atMs: number,
): Aim {
  const service = translatedService(flow);
  switch (answer.target) {
    case 'flow': {
      const host = copyAddress(flow.host);
      const network = hostPrefix(copyAddress(flow.translated));
      const destination = formatAddress(network.address);
      const target: Target = { kind: 'flow', host: named, destination, service };
      return { target, subject: { kind: 'flow', host, network, service } };
    }
    case 'destination': {
      const network = hostPrefix(copyAddress(endAtFault(flow, policy, atMs)));
      const target: Target = { kind: 'destination', prefix: formatPrefix(network) };
      return { target, subject: { kind: 'destination', host: null, network, service } };
    }
    case 'host': {
      const allowTo = answer.allowTo.map(formatPrefix);
      const target = keepReachable({ kind: 'host', host: named, allowTo }, policy.neverBlock);
      return { target, subject: subjectOf(target, service) };
    }
  }
}

function translatedService({ protocol, translatedPort }: FlowQuestion): Service {
  return { protocol, port: portOf(protocol, translatedPort) };
}

/** What was asked for, unless only where NAT sent it is denied. */
function endAtFault(flow: FlowQuestion, policy: ResponsePolicy, atMs: number): Address {
  const { destination, destinationPort, translated, translatedPort } = flow;
  if (sameAddress(destination, translated)) return destination;
  const asked = { ...flow, translated: destination, translatedPort: destinationPort };
  const went = { ...flow, destination: translated, destinationPort: translatedPort };
  const isDenied = (question: FlowQuestion) => policy.evaluate(question, atMs).kind === 'deny';
  return !isDenied(asked) && isDenied(went) ? translated : destination;
}

function proposalOf(
  incident: Incident,
  answer: Action,
  target: Target,
  flow: FlowQuestion,
  persons: 1 | 2,
): Proposal {
  const { approval } = answer;
  return {
    incident: incident.id,
    origin: { kind: 'automatic', detector: incident.cause },
    action: answer.action,
    target,
    approval: approval.kind,
    ttlMs: answer.ttlMs,
    answerWithinMs: answerWithin(approval),
    persons: persons === 2 ? persons : undefined,
    reason: reasonFor(incident, target, flow),
  };
}

function answerWithin(approval: Action['approval']): number | null {
  switch (approval.kind) {
    case 'none':
      return null;
    case 'provisional':
      return approval.holdForMs;
    case 'required':
      return approval.timeoutMs;
  }
}

function reasonFor({ id, cause, count, reasons }: Incident, target: Target, flow: FlowQuestion): string {
  // The incident's reasons are about the flow that opened it.
  const why = count === 1 ? (reasons[0] ?? cause) : `more of what ${id} is about: ${reasons[0] ?? cause}`;
  const first = `${describeTarget(target)}: ${why}`;
  if (sameAddress(flow.destination, flow.translated) && flow.destinationPort === flow.translatedPort)
    return first;
  const { protocol, destinationPort: port } = flow;
  const asked = formatService({ protocol, port: portOf(protocol, port) });
  return `${first}; NAT sends what was asked of ${formatAddress(flow.destination)} ${asked} to ${formatAddress(flow.translated)}`;
}
