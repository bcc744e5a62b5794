/** What stands in table `bridge penstock`: of each quarantine whose host is on a bridge, all that stands in `inet`. */
import { ipv6, type Prefix } from '../../address/address.ts';
import { hostPrefix, parsePrefix } from '../../address/prefix.ts';
import type { Decision } from '../../decision/decision.ts';
import { macBytes } from '../../neighbour/mac.ts';
import {
  type Contribution,
  contributionOf,
  type KernelElement,
  NOTHING,
  type RangeClaim,
} from '../element.ts';
import { cutClaims } from '../range-claims.ts';
import { longest } from '../segments.ts';
import type { SetName } from '../sets.ts';
import { BRIDGE_SETS } from './rules.ts';

const NAMES: ReadonlySet<SetName> = new Set(BRIDGE_SETS);

/** By id; those that are due are not among them. */
export function bridgeElements(decisions: Iterable<Decision>, nowMs: number): Map<string, KernelElement> {
  const claims: RangeClaim[] = [];
  const found = new Map<string, KernelElement>();
  for (const decision of decisions) {
    const { elements, ranges } = contributionOfBridged(decision);
    if (elements.length === 0 || elements[0].expiresAtMs <= nowMs) continue;
    for (const element of elements.filter(({ set }) => NAMES.has(set))) {
      const other = found.get(element.id);
      found.set(element.id, other ? longest([other, element]) : element);
    }
    claims.push(...ranges);
  }
  for (const element of cutClaims(claims)) if (NAMES.has(element.set)) found.set(element.id, element);
  return found;
}

function contributionOfBridged(decision: Decision): Contribution {
  const stations = decision.coverage?.stations ?? [];
  if (decision.target.kind !== 'host' || stations.every(({ bridge }) => bridge === null)) return NOTHING;
  const { elements, ranges } = contributionOf(decision);
  const [first] = elements;
  if (first === undefined) return NOTHING;
  const { timeoutMs, expiresAtMs } = first;
  const solicited = decision.target.allowTo.flatMap(solicitedNode);
  const discovery = stations.flatMap(({ mac }) => {
    const who = macBytes(mac) ?? [];
    return solicited.map(
      (prefix): RangeClaim => ({ kind: 'reachable', who, prefix, timeoutMs, expiresAtMs }),
    );
  });
  return { elements, ranges: [...ranges, ...discovery] };
}

/** Of a single IPv6 address; a network of exceptions is reached once its hosts are known. */
function solicitedNode(prefix: string): Prefix[] {
  const { address, length } = parsePrefix(prefix);
  if (address.family === 4 || length !== 128) return [];
  return [hostPrefix(ipv6(0xff020000, 0, 1, (0xff000000 | (address.d & 0xffffff)) >>> 0))];
}
