/**
 * What the kernel would drop under a policy, by the policy alone: blocks are another matter.
 *
 *   audit      nothing
 *   respond    what ends on a deny list
 *   enforce    that, and what a host of ours opens and no rule allows
 *
 * and never what the never-block list protects.
 */
import { type Address, sameAddress } from '../address/address.ts';
import { hostPrefix } from '../address/prefix.ts';
import type { Flow } from '../flow/flow.ts';
import type { CompiledPolicy, NeverBlockGuard } from '../policy/compiled-policy.ts';
import type { FlowQuestion, Verdict } from '../policy/verdict.ts';

export type Denial = Extract<Verdict, { kind: 'deny' }>;

/** `question`: as {@link asOpened} makes it. @returns why it would be dropped; undefined when it would not */
export function forecastDrop(
  policy: Pick<CompiledPolicy, 'mode' | 'evaluate' | 'isOurs' | 'neverBlock'>,
  question: FlowQuestion,
  atMs: number,
): Denial | undefined {
  // From an address to itself: loopback, which the kernel's table lets pass.
  if (policy.mode === 'audit' || sameAddress(question.host, question.translated)) return undefined;
  const verdict = policy.evaluate(question, atMs);
  if (verdict.kind !== 'deny') return undefined;
  const isJudged = policy.mode === 'enforce' && policy.isOurs(question.host);
  if (verdict.cause === 'policyViolation' && !isJudged) return undefined;
  return isProtected(policy.neverBlock, question) ? undefined : verdict;
}

function isProtected(guard: NeverBlockGuard, question: FlowQuestion): boolean {
  const { host, destination, translated, protocol, translatedPort, destinationPort } = question;
  return (
    guard.source(hostPrefix(host)) ||
    guard.destination(hostPrefix(destination)) ||
    guard.destination(hostPrefix(translated)) ||
    guard.port(protocol, destinationPort) ||
    guard.port(protocol, translatedPort)
  );
}

/**
 * A flow from the side of who opened it, whichever end is ours. Of an inbound flow the end that NAT led to stands for
 * the one that was asked for.
 */
export function asOpened(flow: Flow): FlowQuestion {
  if (flow.direction !== 'inbound') return { ...flow, direction: 'outbound' };
  const { protocol, icmpType, icmpCode, host, hostPort } = flow;
  return {
    direction: 'outbound',
    ...{ protocol, icmpType, icmpCode },
    host: flow.destination,
    destination: host,
    destinationPort: hostPort,
    translated: host,
    translatedPort: hostPort,
  };
}

/** TCP to a port of this machine. */
export function tcpTo(host: Address, destination: Address, port: number): FlowQuestion {
  return {
    direction: 'outbound',
    protocol: 6,
    icmpType: -1,
    icmpCode: -1,
    ...{ host, destination, destinationPort: port, translated: destination, translatedPort: port },
  };
}
