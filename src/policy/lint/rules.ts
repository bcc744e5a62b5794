/** Each rule by itself: expiry, owner, width. */
import { formatPrefix } from '../../address/prefix.ts';
import { keysCover, LAST_KEY } from '../key-range.ts';
import type { PolicyPlaces } from '../places.ts';
import type { Policy, Rule } from '../policy.ts';
import type { ProblemList } from '../problem.ts';
import { hasPorts, protocolName } from '../schema/protocol.ts';

const DAY_MS = 86_400_000;
const EXPIRES_SOON_MS = 30 * DAY_MS;

/** Networks of this length or shorter are wide for a destination: a /8 is a 256th of IPv4. */
const WIDE = { 4: 8, 6: 16 } as const;

export function lintRules(policy: Policy, places: PolicyPlaces, nowMs: number, warnings: ProblemList): void {
  const sets = new Map(policy.addressSets.map(({ name, cidrs }) => [name, cidrs]));
  for (const [i, rule] of policy.rules.entries()) {
    const warn = (message: string, expected: string) =>
      warnings.add(places.rules[i], `rule ${rule.id} ${message}`, expected);
    lintExpiry(rule, nowMs, warn);
    if (rule.owner === null && policy.owner === null) warn('has no owner', 'owner, here or in metadata');
    const destinations = [...rule.to.cidrs, ...rule.to.sets.flatMap((name) => sets.get(name) ?? [])];
    const wide = destinations.find(({ address, length }) => length <= WIDE[address.family]);
    if (wide) warn(`allows ${formatPrefix(wide)}, which is very wide`, 'the networks that are needed');
    lintPorts(rule, warn);
  }
}

function lintExpiry(
  { expiresMs }: Rule,
  nowMs: number,
  warn: (message: string, expected: string) => void,
): void {
  if (expiresMs === null || expiresMs - nowMs > EXPIRES_SOON_MS) return;
  const when = Temporal.Instant.fromEpochMilliseconds(expiresMs);
  const days = Math.floor((expiresMs - nowMs) / DAY_MS);
  if (expiresMs <= nowMs) warn(`expired ${when}: it allows nothing`, 'a later date, or no rule');
  else warn(`expires in ${days} days (${when})`, 'a later date, or no rule by then');
}

function lintPorts({ keys }: Rule, warn: (message: string, expected: string) => void): void {
  if (keysCover(keys, [{ first: 0, last: LAST_KEY }])) {
    warn('allows any protocol', 'the services that are needed');
    return;
  }
  for (const protocol of new Set(keys.map(({ first }) => first >>> 16))) {
    const all = { first: (protocol << 16) | 1, last: (protocol << 16) | 0xffff };
    if (hasPorts(protocol) && keysCover(keys, [all]))
      warn(`allows every ${protocolName(protocol)} port`, 'the ports that are needed');
  }
}
