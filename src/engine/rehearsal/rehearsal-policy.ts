/** The policy of a rehearsal. It judges nobody's hosts: all networks are for documentation and tests (RFC 5737, 2544). */
import { parsePrefix } from '../../address/prefix.ts';
import { flowKey } from '../../policy/key-range.ts';
import type { Answer, Policy, Rule } from '../../policy/policy.ts';

export const HOSTS = parsePrefix('192.0.2.0/24');
export const ALLOWED = parsePrefix('198.18.0.0/16');
/** No rule allows it. */
export const DENIED = parsePrefix('198.19.0.0/16');

const UDP = 17;
const HOUR_MS = 3_600_000;
const MANY = 1_000_000;

const RULE: Rule = {
  id: 'stage',
  description: null,
  from: ['stage'],
  to: { sets: [], cidrs: [ALLOWED] },
  services: [],
  keys: [{ first: flowKey(UDP, 0, 0, 0), last: flowKey(UDP, 65_535, 0, 0) }],
  limits: null,
  schedule: null,
  owner: null,
  ticket: null,
  expiresMs: null,
};

/** Otherwise as the one in force, so that what is rehearsed has the shapes that it has in earnest. */
export function rehearsalPolicy(policy: Policy): Policy {
  return {
    ...policy,
    mode: 'respond',
    hostGroups: [{ name: 'stage', cidrs: [HOSTS], except: [] }],
    addressSets: [],
    rules: [RULE],
    denyLists: [],
    names: null,
    detectors: {},
    neverBlock: { destinations: [], sources: [], ports: [] },
    response: { default: block(policy), byDetector: {} },
    guardrails: {
      ...policy.guardrails,
      maxBlocksPerMinute: MANY,
      maxBlocksPerHour: MANY,
      maxBlockedHostsPercent: 100,
      circuitBreaker: null,
    },
  };
}

/** What the policy in force does about a violation, if that is a block. */
function block({ response }: Policy): Answer {
  const answer = response.byDetector.policyViolation ?? response.default;
  if (answer.action === 'block' && answer.approval.kind !== 'required' && answer.canary === null)
    return answer;
  return { action: 'block', target: 'flow', ttlMs: HOUR_MS, approval: { kind: 'none' }, canary: null };
}
