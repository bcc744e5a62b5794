/**
 * Plays recorded flows back as the flow table would have reported them, in order of time:
 *
 *   started       at the start of each flow, with nothing counted yet
 *   progressed    each five minutes of a long flow in which it carried something (pacing.ts)
 *   ended         at its end, with the rest
 *
 * At one moment, what is due of flows that stand comes before flows that start, each in the order of the recording.
 * Nothing is allocated for a report.
 */
import TinyQueue from 'tinyqueue';
import type { Address } from '../../address/address.ts';
import type { TableChange } from '../change-reporter.ts';
import type { Direction } from '../flow.ts';
import { countersAt, stepOffsetMs } from './pacing.ts';
import { emptyChange, fillChange } from './playback-change.ts';
import { emptyRecordedFlow, type RecordedFlow } from './recorded-flow.ts';
import type { RecordedFlows } from './recorded-flows.ts';
import { StandingFlows } from './standing-flows.ts';

/** `change` is refilled by the next report: copy (`copyFlow`) what you keep. */
export type PlaybackReport = (change: TableChange, atMs: number) => void;

/** `isOurs` tells whether an address is in a host group. */
export function playBack(
  flows: RecordedFlows,
  isOurs: (address: Address) => boolean,
  report: PlaybackReport,
): void {
  new Playback(flows, isOurs, report).run();
}

class Playback {
  readonly #flows: RecordedFlows;
  readonly #isOurs: (address: Address) => boolean;
  readonly #report: PlaybackReport;
  readonly #standing = new StandingFlows();
  /** Slots of standing flows, the one that is due next first. */
  readonly #due = new TinyQueue<number>([], (x, y) => this.#standing.compare(x, y));
  /** The one that starts next, and one that stands. */
  readonly #next = emptyRecordedFlow();
  readonly #stood = emptyRecordedFlow();
  readonly #change = emptyChange();
  readonly #before = new Float64Array(4);
  readonly #now = new Float64Array(4);

  constructor(flows: RecordedFlows, isOurs: (address: Address) => boolean, report: PlaybackReport) {
    this.#flows = flows;
    this.#isOurs = isOurs;
    this.#report = report;
  }

  run(): void {
    this.#flows.sort();
    for (let place = 0; place < this.#flows.length; place++) {
      this.#flows.read(place, this.#next);
      this.#goOn();
      this.#start(place);
    }
    this.#next.startedAtMs = Number.POSITIVE_INFINITY;
    this.#goOn();
  }

  /** All that is due until the next flow starts. */
  #goOn(): void {
    for (;;) {
      const slot = this.#due.peek();
      if (slot === undefined || this.#standing.dueAtMs(slot) > this.#next.startedAtMs) return;
      this.#due.pop();
      this.#step(slot);
    }
  }

  #start(place: number): void {
    const slot = this.#standing.add(place, this.#directionOf(this.#next));
    this.#fill(this.#next, slot, 0, 0);
    this.#say('started', slot, this.#next.startedAtMs);
    this.#await(this.#next, slot, 1);
  }

  /** The step that is due. */
  #step(slot: number): void {
    const record = this.#stood;
    this.#flows.read(this.#standing.place(slot), record);
    const step = this.#standing.step(slot);
    const ends = stepOffsetMs(record.durationMs, step) >= record.durationMs;
    this.#fill(record, slot, step - 1, step);
    if (ends) {
      this.#standing.remove(slot);
      this.#say('ended', slot, this.#standing.dueAtMs(slot));
      return;
    }
    if (this.#change.packetsOut + this.#change.packetsIn + this.#change.bytesOut + this.#change.bytesIn > 0) {
      this.#say('progressed', slot, this.#standing.dueAtMs(slot));
    }
    this.#await(record, slot, step + 1);
  }

  #await({ startedAtMs, durationMs }: RecordedFlow, slot: number, step: number): void {
    this.#standing.await(slot, step, startedAtMs + stepOffsetMs(durationMs, step));
    this.#due.push(slot);
  }

  #fill(record: RecordedFlow, slot: number, before: number, now: number): void {
    countersAt(record, before, this.#before);
    countersAt(record, now, this.#now);
    fillChange(this.#change, record, this.#standing.direction(slot), this.#before, this.#now);
  }

  #say(kind: TableChange['kind'], slot: number, atMs: number): void {
    this.#change.kind = kind;
    this.#change.slot = slot;
    this.#change.flow.lastSeenAtMs = atMs;
    this.#report(this.#change, atMs);
  }

  #directionOf({ source, destination }: RecordedFlow): Direction {
    if (this.#isOurs(source)) return 'outbound';
    return this.#isOurs(destination) ? 'inbound' : 'foreign';
  }
}
