/** What stands in table `bridge penstock`: of each quarantine whose host is on a bridge, all that stands in `inet`. */
import { type Address, ipv6, toBytes } from '../../address/address.ts';
import { parsePrefix } from '../../address/prefix.ts';
import type { Decision } from '../../decision/decision.ts';
import { macBytes } from '../../neighbour/mac.ts';
import { contributionOf, element as elementOf, type KernelElement } from '../element.ts';
import { longest } from '../segments.ts';
import type { SetName } from '../sets.ts';
import { BRIDGE_SETS } from './rules.ts';

const NAMES: ReadonlySet<SetName> = new Set(BRIDGE_SETS);

/** By id; those that are due are not among them. */
export function bridgeElements(decisions: Iterable<Decision>, nowMs: number): Map<string, KernelElement> {
  const found = new Map<string, KernelElement>();
  for (const decision of decisions) {
    for (const element of elementsOf(decision)) {
      if (element.expiresAtMs <= nowMs) continue;
      const other = found.get(element.id);
      found.set(element.id, other ? longest([other, element]) : element);
    }
  }
  return found;
}

function elementsOf(decision: Decision): KernelElement[] {
  const stations = decision.coverage?.stations ?? [];
  if (decision.target.kind !== 'host' || stations.every(({ bridge }) => bridge === null)) return [];
  const { elements } = contributionOf(decision);
  const [first] = elements;
  if (first === undefined) return [];
  const solicited = decision.target.allowTo.flatMap(solicitedNode);
  const discovery = stations.flatMap(({ mac }) =>
    solicited.map((group) => {
      const key = [macBytes(mac) ?? [], toBytes(group)];
      return elementOf('reachable', 6, key, first, key);
    }),
  );
  return [...elements.filter(({ set }) => NAMES.has(set)), ...discovery];
}

/** Of a single IPv6 address; a network of exceptions is reached once its hosts are known. */
function solicitedNode(prefix: string): Address[] {
  const { address, length } = parsePrefix(prefix);
  if (address.family === 4 || length !== 128) return [];
  return [ipv6(0xff020000, 0, 1, (0xff000000 | (address.d & 0xffffff)) >>> 0)];
}
