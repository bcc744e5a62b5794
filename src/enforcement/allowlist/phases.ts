/**
 * From one policy to another without a moment that opens more than the new one or closes more than the difference.
 *
 * One transaction would not do. The kernel makes a transaction's hash and tree elements count in one instant, and
 * swaps each pipapo set (@allowN) to its new content some microseconds later (nf_tables_commit, nft_pipapo_commit;
 * from 6.17 a packet sees a pipapo set whole, the old or the new). A connection judged by the old @allowN in between
 * and stamped with the new generation would stand for as long as it lives. So what depends on each other is changed in
 * an order, each step judged harmless by itself:
 *
 *   opens     hosts that are judged no more go from @insideN, what is spared more comes, @mode goes
 *   allow     @allowN changes; nothing that both policies allow is missing from it at any moment
 *   closes    hosts that are judged anew come, what is spared no more goes, @mode comes
 *   swap      another generation passes and is given out: what stands is judged by what now holds
 *
 * Between two steps, packets that are on their way are waited for (grace-period.ts).
 *
 *   traffic that              opens   allow   closes  swap
 *   both policies let by      passes  passes  passes  passes
 *   only the old lets by      passes  new: stopped    all stopped
 *   only the new lets by      perhaps passes  passes  passes
 *   neither                   stopped stopped stopped stopped
 *
 * The daemon may die between any two: what stands then lets by at most what one of the policies does, and the next
 * start goes on from there and swaps.
 */
import type { Change } from '../desired-state.ts';
import type { KernelElement } from '../element.ts';

/** Steps before the swap that have something to do, in order. */
export function phasesOf({ add, remove }: Change): Change[] {
  const phases: Change[] = [
    change(add.filter(opens), remove.filter(closes)),
    change(add.filter(isAllow), remove.filter(isAllow)),
    change(add.filter(closes), remove.filter(opens)),
  ];
  return phases.filter((phase) => phase.add.length + phase.remove.length > 0);
}

/** What lets more through when it is there. How refusing is done lets nothing through, and counts here. */
function opens({ set }: KernelElement): boolean {
  return set.startsWith('spared') || set === 'refuse';
}

/** What lets less through when it is there. */
function closes({ set }: KernelElement): boolean {
  return set.startsWith('inside') || set === 'mode';
}

function isAllow(element: KernelElement): boolean {
  return !opens(element) && !closes(element);
}

function change(add: readonly KernelElement[], remove: readonly KernelElement[]): Change {
  return { add, refresh: [], remove };
}
