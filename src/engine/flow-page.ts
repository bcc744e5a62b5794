/** A page of flows on its way to the main thread: packed, as some hundred objects take longer to send than to find. */
import { FlowRows } from './evidence/flow-rows.ts';
import type { FlowView } from './listing.ts';

/** What {@link FlowRows} has in its arrays, one row a flow. */
export interface FlowPage {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  /** By row: rule id, deny list id, or why the policy has no say. */
  readonly because: readonly string[];
  readonly standing: number;
  /** There may be more. */
  readonly truncated: boolean;
  /** Where to read on; a page may have fewer flows than `limit` and still not be the last. null: it is. */
  readonly next: string | null;
}

export function flowsOn({ words, numbers, because }: FlowPage): FlowView[] {
  const rows = new FlowRows(words, numbers);
  return because.map((why, row) => {
    const { sighting: _, seenAtMs: __, icmp: ___, ruleIndex: ____, verdict, ...flow } = rows.read(row);
    if (verdict === 'blocked') throw new Error('every flow of a page is judged');
    return { ...flow, verdict, because: why };
  });
}
