/** Reports what an observation changed: in one object, refilled each time. */
import type { ConntrackEntry } from '../conntrack/entry.ts';
import type { FlowChange } from './flow.ts';
import { emptyFlow, type MutableFlow, readFlow } from './flow-reader.ts';
import * as row from './flow-rows.ts';

const FIRST = row.ORIGINAL_BYTES;
const LAST = row.REPLY_PACKETS;

/** Refilled by the next report: copy (`copyFlow`) what you keep. */
export interface TableChange extends FlowChange {
  /**
   * The flow's place while it stands, from 1; another flow may have it after 'ended'. 0: the flow is not kept.
   * An owner may hold what it knows of a flow under this number, for 0 until the next report.
   */
  readonly slot: number;
}

/** Must not change the table or the entry that is being observed. */
export type Report = (change: TableChange) => void;

interface MutableChange extends TableChange {
  kind: FlowChange['kind'];
  slot: number;
  readonly flow: MutableFlow;
  bytesOut: number;
  bytesIn: number;
  packetsOut: number;
  packetsIn: number;
}

/** First {@link clear} or {@link count}, then {@link report}. */
export class ChangeReporter {
  readonly #rows: row.FlowRows;
  /** What was added, by offset in a row. */
  readonly #delta = new Float64Array(row.NUMBERS);
  readonly #change: MutableChange = {
    kind: 'started',
    slot: 0,
    flow: emptyFlow(),
    bytesOut: 0,
    bytesIn: 0,
    packetsOut: 0,
    packetsIn: 0,
  };

  constructor(rows: row.FlowRows) {
    this.#rows = rows;
  }

  /** Nothing was added. */
  clear(): void {
    // Not `fill`, which costs more than the rest of a report.
    for (let i = FIRST; i <= LAST; i++) this.#delta[i] = 0;
  }

  /**
   * Count what the entry adds to its row. One counter below its last value says that all were set to zero since
   * (`conntrack -Z`): then the counters themselves are what was added.
   * @returns whether anything was added
   */
  count(slot: number, entry: ConntrackEntry): boolean {
    const delta = this.#delta;
    const { numbers } = this.#rows;
    if (!entry.hasCounters) {
      this.clear();
      return false;
    }
    delta[row.ORIGINAL_BYTES] = entry.originalBytes;
    delta[row.ORIGINAL_PACKETS] = entry.originalPackets;
    delta[row.REPLY_BYTES] = entry.replyBytes;
    delta[row.REPLY_PACKETS] = entry.replyPackets;
    const at = slot * row.NUMBERS;
    let reset = false;
    for (let i = FIRST; i <= LAST; i++) reset ||= delta[i] < numbers[at + i];
    let counted = false;
    for (let i = FIRST; i <= LAST; i++) {
      const counter = delta[i];
      if (!reset) delta[i] -= numbers[at + i];
      numbers[at + i] = counter;
      counted ||= delta[i] > 0;
    }
    return counted;
  }

  report(kind: FlowChange['kind'], slot: number, report: Report): void {
    const change = this.#change;
    const delta = this.#delta;
    readFlow(this.#rows, slot, change.flow);
    const out = change.flow.direction === 'inbound' ? row.REPLY_BYTES : row.ORIGINAL_BYTES;
    const back = change.flow.direction === 'inbound' ? row.ORIGINAL_BYTES : row.REPLY_BYTES;
    change.kind = kind;
    change.slot = slot;
    change.bytesOut = delta[out];
    change.packetsOut = delta[out + 1];
    change.bytesIn = delta[back];
    change.packetsIn = delta[back + 1];
    report(change);
  }
}
