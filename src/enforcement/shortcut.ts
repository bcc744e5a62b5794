/**
 * Whether established connections may pass without a look at the station that a packet came from. That look costs a
 * packet as much as the rest of its short way, for an Ethernet address is slow to load, and nearly always there is no
 * station to look for:
 *
 *   hook chain   1 established, of a generation that passes, family in @short      accept
 *                2 from a quarantined station                                      judge
 *                3 established, of a generation that passes                        accept
 *
 *   no station    @short has both families
 *   first one     the station comes, the families go: one transaction
 *   last goes     the station goes, the families come: one transaction
 *
 * Without the families all is as right and slower, so that they need no timeout: a station's element may end by itself.
 */
import { encodeKey } from 'node-nftables';
import type { Change, DesiredState } from './desired-state.ts';
import type { Holder, KernelElement } from './element.ts';
import { FAMILIES } from './sets.ts';
import { standingElement } from './standing-element.ts';

const OPEN: readonly KernelElement[] = FAMILIES.map((family) =>
  standingElement('short', encodeKey('nf_proto', `ipv${family}`).key),
);

export class Shortcut implements Holder {
  readonly owner = 'shortcut';
  readonly #blocks: DesiredState;

  constructor(blocks: DesiredState) {
    this.#blocks = blocks;
  }

  elements(): readonly KernelElement[] {
    return this.#blocks.hasStations ? [] : OPEN;
  }

  find(id: string): KernelElement | undefined {
    return this.elements().find((element) => element.id === id);
  }

  /** A change of blocks, with what it makes of the shortcut. */
  withChange(change: Change): Change {
    const { add, refresh, remove } = change;
    if (![...add, ...refresh, ...remove].some(({ set }) => set === 'station')) return change;
    return this.#blocks.hasStations
      ? { add, refresh, remove: [...remove, ...OPEN] }
      : { add, refresh: [...refresh, ...OPEN], remove };
  }
}
