/** The policy of a rehearsal. It judges nobody's hosts: all networks are for documentation and tests (RFC 5737, 2544). */
import type { Prefix } from '../../address/address.ts';
import { parsePrefix, prefixContains } from '../../address/prefix.ts';
import { flowKey } from '../../policy/key-range.ts';
import type { Answer, NeverBlock, Policy, Rule } from '../../policy/policy.ts';

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

/**
 * Otherwise as the one in force, so that what is rehearsed has the shapes that it has in earnest: V8 forgets what it has
 * learned when it meets others. What is ours is cloned, for the one in force came in a message.
 */
export function rehearsalPolicy(policy: Policy): Policy {
  const { response, guardrails } = policy;
  const ours = structuredClone({
    mode: 'respond' as const,
    hostGroups: [{ name: 'stage', cidrs: [HOSTS], except: [] }],
    addressSets: [],
    rules: [RULE],
    denyLists: [],
    names: null,
    detectors: {},
    neverBlock: harmless(policy.neverBlock),
    response: { ...response, byDetector: { ...response.byDetector, policyViolation: block(policy) } },
    guardrails: {
      ...guardrails,
      maxBlocksPerMinute: MANY,
      maxBlocksPerHour: MANY,
      // Of few hosts a share is no whole number.
      maxBlockedHostsPercent: 100.1,
      circuitBreaker: null,
    },
  });
  return { ...policy, ...ours };
}

/** What is protected, but for what would be in the way here. */
function harmless({ destinations, sources, ports }: NeverBlock): NeverBlock {
  const isElsewhere = (kept: Prefix) => ![HOSTS, DENIED].some((network) => overlaps(kept, network));
  return {
    destinations: destinations.filter(isElsewhere),
    sources: sources.filter(isElsewhere),
    ports: ports.filter(({ protocol }) => protocol !== UDP),
  };
}

function overlaps(x: Prefix, y: Prefix): boolean {
  return prefixContains(x, y.address) || prefixContains(y, x.address);
}

/** What the policy in force does about a violation, if that is a block. */
function block({ response }: Policy): Answer {
  const answer = response.byDetector.policyViolation ?? response.default;
  if (answer.action === 'block' && answer.approval.kind !== 'required' && answer.canary === null)
    return answer;
  return { action: 'block', target: 'flow', ttlMs: HOUR_MS, approval: { kind: 'none' }, canary: null };
}
