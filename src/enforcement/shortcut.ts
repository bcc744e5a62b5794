/**
 * Whether established connections may pass without a look at the station that a packet came from. That look costs a
 * packet as much as the rest of its short way, for an Ethernet address is slow to load, and nearly always there is no
 * station to look for:
 *
 *   hook chain   1 established, of a generation in @shortcut                       accept
 *                2 from a quarantined station                                      judge
 *                3 established, of a generation that passes                        accept
 *
 *   no station    @shortcut has what @pass has
 *   first one     the station comes, the generations go: one transaction
 *   last goes     the station goes, the generations come: one transaction
 *   other policy  generations come and go as they do in @pass: one transaction
 *
 * One set answers both questions, for a packet pays for each set that it is looked up in some 90 ns, which is 1.5 % of
 * its way through a gateway. Without the generations all is as right and slower, so that they need no timeout: a station's
 * element may end by itself.
 */
import type { Change, DesiredState } from './desired-state.ts';
import type { Holder, KernelElement } from './element.ts';
import type { KernelTable } from './kernel-table.ts';
import { standingElement } from './standing-element.ts';

export class Shortcut implements Holder {
  readonly owner = 'shortcut';
  readonly #blocks: Pick<DesiredState, 'hasStations'>;
  readonly #table: Pick<KernelTable, 'readList'>;
  #generations: Holder | undefined;

  constructor(blocks: Pick<DesiredState, 'hasStations'>, table: Pick<KernelTable, 'readList'>) {
    this.#blocks = blocks;
    this.#table = table;
  }

  /** Who decides what is in @pass. */
  follow(generations: Holder): void {
    this.#generations = generations;
  }

  elements(nowMs: number): readonly KernelElement[] {
    if (this.#blocks.hasStations || this.#generations === undefined) return [];
    const passing = [...this.#generations.elements(nowMs)].filter(({ set }) => set === 'pass');
    return passing.map(({ key }) => inShortcut(key));
  }

  find(id: string, nowMs: number): KernelElement | undefined {
    return this.elements(nowMs).find((element) => element.id === id);
  }

  /** A change of blocks, with what it makes of the shortcut. @throws EnforcementError */
  withBlocks(change: Change, nowMs: number): Change {
    const { add, refresh, remove } = change;
    const touchesStations = hasStation(add) || hasStation(refresh) || hasStation(remove);
    return touchesStations ? this.withGenerations(change, nowMs) : change;
  }

  /**
   * A change of generations, or another after which the shortcut is made anew: what is there goes first, whoever put it
   * there and however much of a policy the kernel took. @throws EnforcementError
   */
  withGenerations({ add, refresh, remove }: Change, nowMs: number): Change {
    const found = this.#table.readList('shortcut').map(({ key }) => inShortcut(key));
    return { add, refresh: [...refresh, ...this.elements(nowMs)], remove: [...remove, ...found] };
  }
}

function hasStation(elements: readonly KernelElement[]): boolean {
  for (let i = 0; i < elements.length; i++) if (elements[i].set === 'station') return true;
  return false;
}

function inShortcut(key: Uint8Array): KernelElement {
  return standingElement('shortcut', key);
}
