/** What the policy says of one flow. Verdicts are made when the policy is compiled and shared: never change one. */
import type { Flow } from '../flow/flow.ts';

/** The part of a flow that a verdict depends on. */
export type FlowQuestion = Pick<
  Flow,
  | 'direction'
  | 'protocol'
  | 'host'
  | 'destination'
  | 'destinationPort'
  | 'translated'
  | 'translatedPort'
  | 'icmpType'
  | 'icmpCode'
>;

export type Verdict =
  /** `rule` is the rule's id, `ruleIndex` its place in the policy. */
  | { readonly kind: 'allow'; readonly rule: string; readonly ruleIndex: number }
  | { readonly kind: 'deny'; readonly cause: 'denyList'; readonly list: string; readonly reason: string }
  | { readonly kind: 'deny'; readonly cause: 'policyViolation' }
  /**
   * notOutbound: nobody of ours opened it; linkScope: it cannot leave the link (multicast of link scope, broadcast,
   * link-local, loopback), so an outbound policy has no say.
   */
  | { readonly kind: 'exempt'; readonly reason: 'notOutbound' | 'linkScope' };
