/**
 * Keeps table `bridge penstock` equal to the quarantines that stand. There is none while no quarantined host is on a
 * bridge, so that bridged traffic then costs nothing.
 *
 *   none wanted    table there?  ......................  delete it
 *   some wanted    rules not ours, or no table  .......  make it anew, with all elements
 *                  elements differ  ...................  those elements
 */
import {
  canonicalListing,
  type ElementChange,
  type ElementSet,
  isNotFound,
  type Listing,
  type NftablesDriver,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';
import type { Decision } from '../../decision/decision.ts';
import { elementId, type KernelElement } from '../element.ts';
import { EnforcementError } from '../errors.ts';
import { descriptorOf, type SetName } from '../sets.ts';
import { bridgeElements } from './elements.ts';
import { BRIDGE_SETS, BRIDGE_TABLE, bridgeCommands } from './rules.ts';

/** The kernel keeps time in ticks, and the ways there take time. */
const TOLERANCE_MS = 2_000;
const MAX_DIFFERENCES = 20;

const SETS = new Map<SetName, ElementSet>(
  BRIDGE_SETS.map((name) => {
    const { type, flags } = descriptorOf(name);
    return [name, { family: BRIDGE_TABLE.family, table: BRIDGE_TABLE.name, name, type, flags }];
  }),
);

export interface Mended {
  /** What was not as it should be, in words. */
  readonly differences: readonly string[];
  /** Why it could not be mended. */
  readonly error?: string;
}

export class BridgeTable {
  readonly #nft: NftablesDriver;
  readonly #elements: SetElementsDriver;
  /** Canonical text of the static part as this nft lists it, once it was made. */
  #listing: string | undefined;

  constructor(nft: NftablesDriver, elements: SetElementsDriver) {
    this.#nft = nft;
    this.#elements = elements;
  }

  /** Make the kernel what these decisions ask for. */
  sync(decisions: Iterable<Decision>, nowMs: number): Mended {
    const differences: string[] = [];
    try {
      const wanted = bridgeElements(decisions, nowMs);
      if (wanted.size === 0) this.#remove(differences);
      else this.#mend(wanted, nowMs, differences);
      return { differences: differences.slice(0, MAX_DIFFERENCES) };
    } catch (error) {
      const failure = new EnforcementError('table bridge penstock', error);
      return { differences: differences.slice(0, MAX_DIFFERENCES), error: failure.message };
    }
  }

  #remove(differences: string[]): void {
    if (this.#elements.findTable(BRIDGE_TABLE) === undefined) return;
    differences.push('table bridge penstock is not needed');
    this.#nft.run([{ delete: { table: BRIDGE_TABLE } }]);
  }

  #mend(wanted: Map<string, KernelElement>, nowMs: number, differences: string[]): void {
    const found = this.#listed();
    if (found === undefined || found !== (this.#listing ?? expectedBridgeListing())) {
      differences.push(`table bridge penstock ${found === undefined ? 'is missing' : 'has other rules'}`);
      this.#nft.run([
        { add: { table: BRIDGE_TABLE } },
        { delete: { table: BRIDGE_TABLE } },
        ...bridgeCommands(),
      ]);
    }
    this.#listing = this.#listed();
    const changes = this.#changes(wanted, nowMs, differences);
    if (changes.length > 0) this.#elements.apply(changes);
  }

  #listed(): string | undefined {
    try {
      return canonicalListing(this.#nft.listTable(BRIDGE_TABLE, { terse: true }));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #changes(wanted: Map<string, KernelElement>, nowMs: number, differences: string[]): ElementChange[] {
    const changes: ElementChange[] = [];
    for (const [name, set] of SETS) {
      const ours = [...wanted.values()].filter((element) => element.set === name);
      const there = new Map(
        this.#elements.list(set).map((each) => [elementId(name, each.key, each.keyEnd), each]),
      );
      const refresh = ours.filter((element) => !isSame(element, there.get(element.id), nowMs));
      for (const { id } of ours) there.delete(id);
      differences.push(...refresh.map(({ id }) => `bridge: not as decided: ${id}`));
      differences.push(...[...there.keys()].map((id) => `bridge: nobody decided: ${id}`));
      if (there.size > 0) changes.push({ action: 'discard', set, elements: [...there.values()] });
      if (refresh.length > 0) {
        changes.push({ action: 'refresh', set, elements: refresh.map((each) => toSetElement(each, nowMs)) });
      }
    }
    // What goes makes room first: intervals must not overlap.
    return changes.sort((x, y) => Number(y.action === 'discard') - Number(x.action === 'discard'));
  }
}

/** What is made, as it would be listed. */
export function expectedBridgeListing(): string {
  const made = bridgeCommands().flatMap((command) => ('add' in command ? [command.add] : []));
  return canonicalListing(made as unknown as Listing);
}

function isSame({ timeoutMs, expiresAtMs }: KernelElement, found: SetElement | undefined, nowMs: number) {
  if (found === undefined) return false;
  return (
    Math.abs((found.timeoutMs ?? 0) - timeoutMs) < TOLERANCE_MS &&
    Math.abs((found.expiresInMs ?? 0) - (expiresAtMs - nowMs)) < TOLERANCE_MS
  );
}

function toSetElement({ key, keyEnd, timeoutMs, expiresAtMs }: KernelElement, nowMs: number): SetElement {
  // An element that is due leaves at once; 0 would mean that it stays for ever.
  const expiresInMs = Math.min(timeoutMs, Math.max(1, Math.round(expiresAtMs - nowMs)));
  return { key, ...(keyEnd && { keyEnd }), timeoutMs: Math.round(timeoutMs), expiresInMs };
}
