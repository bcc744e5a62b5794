/**
 * Every connection that stands, with what its last observation said.
 *
 *              new, update, dump                 destroy, vanished, or another
 *   (unknown) -------------------> standing -------------------------------------> (unknown)
 *       |        'started'          |    ^       conntrack id
 *       |                           +----+       or start with its tuple: 'ended'
 *       |                       'progressed'
 *       +-- destroy: 'started', then 'ended' with everything
 *
 * So each connection is reported once as started and once as ended, and its deltas add up to its last counters.
 *
 * After lost events, and now and then to be sure:
 *
 *   beginResync -> observe all of a dump -> observe the events that waited meanwhile -> endResync
 *
 * in this order: the dump is ahead of the events in the queue, and a flow that it lacks may have its destroy event,
 * with its last counters, still waiting there.
 *
 * Nothing is allocated in `observe`. A flow takes about 110 bytes, touched only when there is one. An entry is written
 * into the row that a new flow gets, so that it stands there already when it turns out to be one.
 */
import { type Address, mutableAddress } from '../address/address.ts';
import type { ConntrackEntry } from '../conntrack/entry.ts';
import type { ConntrackIdentity } from '../conntrack/request.ts';
import { IPS_SEEN_REPLY } from '../conntrack/status.ts';
import { AddressIndex } from './address-index.ts';
import { ChangeReporter, type Report, type TableChange } from './change-reporter.ts';
import type { Flow } from './flow.ts';
import { type FlowMatch, matchAddress, rowTest } from './flow-match.ts';
import { emptyFlow, type MutableFlow, readFlow } from './flow-reader.ts';
import * as row from './flow-rows.ts';
import { type ChosenFlow, type FlowQuery, FlowSelection } from './flow-selection.ts';
import { bucketCount } from './keyed-hash.ts';
import { TupleIndex } from './tuple-index.ts';

export type { Report, TableChange };

export interface FlowTableOptions {
  /** Whether an address is in a host group. */
  readonly isOurs: (address: Address) => boolean;
  /** Flows to keep at most; should not be below nf_conntrack_max. */
  readonly maxFlows: number;
  /** Flows that are looked up fast: with more, only slower. Takes 5 bytes each, used or not. Default: all. */
  readonly expectedFlows?: number;
}

/** Buckets of the address index are fewer: a flow is put in and taken out without walking a chain. */
const ADDRESS_SHARE = 4;

/** Rows of a selection between two pauses, some ten microseconds' worth: as they lie; and where each costs more. */
const ROWS_A_PIECE = 512;
const DEAR_ROWS_A_PIECE = 64;
/**
 * Rows of an address are far apart, all rows lie behind each other: an address that has an eighth of all is found as soon
 * by a walk over all of them. Half as many are walked before that is seen, as they were walked for nothing then.
 */
const BUSY_SHARE = 1 / 16;
const FEW_ROWS = 1_024;
/** Of a visit, whose visitor may take a microsecond or three. */
const VISITS_A_PIECE = 16;

/** How far the time of an entry's first event may lie from its start. */
const START_SLACK_MS = 100;

export class FlowTable {
  readonly #rows: row.FlowRows;
  readonly #tuples: TupleIndex;
  readonly #addresses: AddressIndex;
  /** Rows given back, as a stack. */
  readonly #free: Int32Array;
  #freeCount = 0;
  /** Rows from here on were never used. */
  #unused = row.SCRATCH + 1;
  #size = 0;
  #unkept = 0;
  #generation = 0;
  #isOurs: (address: Address) => boolean;
  readonly #address = mutableAddress();
  readonly #reporter: ChangeReporter;

  constructor({ isOurs, maxFlows, expectedFlows = maxFlows }: FlowTableOptions) {
    this.#isOurs = isOurs;
    const buckets = bucketCount(Math.min(expectedFlows, maxFlows));
    this.#rows = new row.FlowRows(maxFlows + 1);
    this.#free = new Int32Array(this.#rows.capacity);
    this.#reporter = new ChangeReporter(this.#rows);
    this.#tuples = new TupleIndex(this.#rows, buckets);
    this.#addresses = new AddressIndex(this.#rows, Math.ceil(buckets / ADDRESS_SHARE));
  }

  /** Standing flows. */
  get size(): number {
    return this.#size;
  }

  /**
   * Sightings of flows that were reported but not kept because the table was full. Such a flow is reported as
   * started and ended, without bytes, at each event but 'update', and again with its bytes when it is destroyed.
   */
  get unkept(): number {
    return this.#unkept;
  }

  /** Take note of an entry and report what changed: nothing, one change, or an end and a start. */
  observe(entry: ConntrackEntry, nowMs: number, report: Report): void {
    const sample = this.#nextFree();
    this.#rows.write(sample, entry);
    const slot = this.#tuples.find(sample);
    if (slot === row.SCRATCH) this.#unknown(entry, nowMs, report);
    else this.#meet(slot, entry, nowMs, report);
  }

  /** Flows that no entry is observed of from now on are ended by {@link endResync}. */
  beginResync(): void {
    this.#generation = (this.#generation + 1) & 255;
  }

  /** Report as ended what was not seen since {@link beginResync}. Only after a dump that was not interrupted. */
  endResync(report: Report): void {
    this.#reporter.clear();
    this.#eachSlot((slot) => {
      if (this.#rows.generation(slot) !== this.#generation) this.#end(slot, report);
    });
  }

  /** The host groups are others now: see anew which end of each flow is ours. */
  reclassify(isOurs: (address: Address) => boolean): void {
    this.#isOurs = isOurs;
    this.#eachSlot((slot) => this.#classify(slot));
  }

  /** Visit all standing flows. The flow is refilled for the next; the table must not be changed meanwhile. */
  forEach(visit: (flow: Flow, slot: number) => void): void {
    const flow = emptyFlow();
    this.#eachSlot((slot) => {
      readFlow(this.#rows, slot, flow);
      visit(flow, slot);
    });
  }

  /**
   * As {@link forEach}, with pauses in which the table may change: each flow that stands throughout is visited once, and
   * the flow that is visited is good until the next pause.
   */
  *visit(visit: (flow: Flow, slot: number) => void): Generator<void, void> {
    const flow = emptyFlow();
    for (let slot = 1; slot < this.#unused; slot++) {
      if (slot % VISITS_A_PIECE === 0) yield;
      if (!this.#rows.flag(slot, row.STANDS)) continue;
      readFlow(this.#rows, slot, flow);
      visit(flow, slot);
    }
  }

  /**
   * The flows that a list shows, with pauses in which the table may change (see flow-selection.ts). Walks all rows,
   * unless an address is asked for that has few; the last ones first: mostly those are wanted, and what comes later is
   * less often better.
   */
  *select(query: FlowQuery): Generator<void, ChosenFlow[]> {
    const address = query.host ?? query.destination;
    const found = address && (yield* this.#selectWith(address, query));
    if (found !== undefined) return found;
    const selection = new FlowSelection(this.#rows, query);
    const piece = query.accept === undefined ? ROWS_A_PIECE : DEAR_ROWS_A_PIECE;
    for (let slot = this.#unused - 1; slot > row.SCRATCH; slot--) {
      selection.look(slot);
      if (slot % piece === 0) yield;
    }
    return selection.places();
  }

  /** Undefined when so many flows have the address that a walk over all is faster. */
  *#selectWith(address: Address, query: FlowQuery): Generator<void, ChosenFlow[] | undefined> {
    const selection = new FlowSelection(this.#rows, query);
    const most = Math.max(FEW_ROWS, this.#unused * BUSY_SHARE);
    using walk = this.#addresses.walk(address);
    let looked = 0;
    for (let slot = walk.next(); slot !== row.SCRATCH; slot = walk.next()) {
      if (looked++ > most) return undefined;
      selection.look(slot);
      if (looked % DEAR_ROWS_A_PIECE === 0) yield;
    }
    return selection.places();
  }

  /**
   * Slots of the flows that a block concerns, `most` of them at most. Walks all flows only for a prefix of more than one
   * address.
   */
  matching(match: FlowMatch, most = Number.POSITIVE_INFINITY): number[] {
    const concerns = rowTest(match);
    const address = matchAddress(match);
    const found: number[] = [];
    if (address === undefined) {
      this.#eachSlot((slot) => found.length < most && concerns(this.#rows, slot) && found.push(slot));
    } else {
      using walk = this.#addresses.walk(address);
      for (let slot = walk.next(); slot !== row.SCRATCH && found.length < most; slot = walk.next())
        if (concerns(this.#rows, slot)) found.push(slot);
    }
    return found;
  }

  /** How many standing flows have this address at an end, before or after NAT; counting ends above `enough`. */
  countWith(address: Address, enough: number): number {
    return this.#addresses.count(address, enough);
  }

  /** What tells a standing flow's entry to the kernel, to delete it; a copy. */
  identityOf(slot: number): ConntrackIdentity {
    return this.#rows.identity(slot);
  }

  /** A copy of a standing flow. */
  flowAt(slot: number): Flow {
    const flow = emptyFlow();
    this.readAt(slot, flow);
    return flow;
  }

  /** Fill `flow` with a standing one. */
  readAt(slot: number, flow: MutableFlow): void {
    readFlow(this.#rows, slot, flow);
  }

  /** Whether a flow that was chosen still stands. */
  stands({ slot, id }: Pick<ChosenFlow, 'slot' | 'id'>): boolean {
    return this.#rows.flag(slot, row.STANDS) && this.#rows.id(slot) === id;
  }

  #eachSlot(visit: (slot: number) => void): void {
    for (let slot = 1; slot < this.#unused; slot++) if (this.#rows.flag(slot, row.STANDS)) visit(slot);
  }

  /** The entry is written to the row that is free next. */
  #unknown(entry: ConntrackEntry, nowMs: number, report: Report): void {
    const slot = entry.event === 'destroy' ? row.SCRATCH : this.#nextFree();
    if (slot !== row.SCRATCH) this.#start(slot, entry, nowMs, report);
    else if (entry.event === 'destroy') this.#passBy(entry, nowMs, report);
    else if (entry.event !== 'update') this.#turnAway(entry, nowMs, report);
  }

  #start(slot: number, entry: ConntrackEntry, nowMs: number, report: Report): void {
    this.#allocate(slot);
    this.#begin(slot, entry, nowMs);
    this.#rows.setFlag(slot, row.STANDS, true);
    this.#tuples.addFound(slot);
    this.#addresses.add(slot);
    this.#size++;
    this.#reporter.count(slot, entry);
    this.#reporter.report('started', slot, report);
  }

  /** A connection of which only the end is seen. */
  #passBy(entry: ConntrackEntry, nowMs: number, report: Report): void {
    this.#rows.write(row.SCRATCH, entry);
    this.#begin(row.SCRATCH, entry, nowMs);
    this.#reporter.clear();
    this.#reporter.report('started', row.SCRATCH, report);
    this.#reporter.count(row.SCRATCH, entry);
    this.#reporter.report('ended', row.SCRATCH, report);
  }

  /** The table is full. */
  #turnAway(entry: ConntrackEntry, nowMs: number, report: Report): void {
    this.#unkept++;
    this.#begin(row.SCRATCH, entry, nowMs);
    this.#reporter.clear();
    this.#reporter.report('started', row.SCRATCH, report);
    this.#reporter.report('ended', row.SCRATCH, report);
  }

  /** A flow stands with the entry's tuple: the same one, its predecessor or its successor. */
  #meet(slot: number, entry: ConntrackEntry, nowMs: number, report: Report): void {
    const age = this.#age(entry, slot);
    if (age === 'same') this.#known(slot, entry, nowMs, report);
    else if (entry.event === 'destroy') this.#passBy(entry, nowMs, report);
    else if (age === 'newer') {
      this.#reporter.clear();
      this.#end(slot, report);
      this.#rows.write(this.#nextFree(), entry);
      this.#unknown(entry, nowMs, report);
    }
  }

  #known(slot: number, entry: ConntrackEntry, nowMs: number, report: Report): void {
    const replied = this.#rows.flag(slot, row.REPLIED);
    this.#see(slot, entry, nowMs);
    const counted = this.#reporter.count(slot, entry);
    if (entry.event === 'destroy') this.#end(slot, report);
    else if (counted || replied !== this.#rows.flag(slot, row.REPLIED))
      this.#reporter.report('progressed', slot, report);
  }

  /**
   * Whether an entry is of the connection in `slot`, of one before it (its event waited while a dump showed the
   * successor) or of one after it (the destroy event was lost). The id alone does not tell: a successor often has
   * the same one. An event's own time may differ a little from the start that the entry says.
   */
  #age(entry: ConntrackEntry, slot: number): 'same' | 'older' | 'newer' {
    const id = this.#rows.id(slot);
    const startedAtMs = this.#rows.numbers[slot * row.NUMBERS + row.STARTED];
    const otherId = id !== entry.id && id !== 0 && entry.id !== 0;
    const slackMs = otherId ? 0 : START_SLACK_MS;
    const atMs = entry.startedAtMs || entry.eventAtMs;
    if (atMs > 0 && atMs < startedAtMs - slackMs) return 'older';
    const bornMs = entry.event === 'new' ? atMs : entry.startedAtMs;
    return otherId || (startedAtMs > 0 && bornMs > startedAtMs + slackMs) ? 'newer' : 'same';
  }

  /** The entry is written to the row. */
  #begin(slot: number, entry: ConntrackEntry, nowMs: number): void {
    if (entry.event === 'new') this.#rows.numbers[slot * row.NUMBERS + row.STARTED] = entry.eventAtMs;
    this.#classify(slot);
    this.#see(slot, entry, nowMs);
  }

  #see(slot: number, entry: ConntrackEntry, nowMs: number): void {
    const { numbers } = this.#rows;
    if (entry.startedAtMs > 0) {
      numbers[slot * row.NUMBERS + row.STARTED] = entry.startedAtMs;
      this.#rows.setFlag(slot, row.EXACT_START, true);
    }
    // Not as one value, which would become a heap object.
    const lastSeen = slot * row.NUMBERS + row.LAST_SEEN;
    if (entry.stoppedAtMs > 0) numbers[lastSeen] = Math.max(numbers[lastSeen], entry.stoppedAtMs);
    else if (entry.eventAtMs > 0) numbers[lastSeen] = Math.max(numbers[lastSeen], entry.eventAtMs);
    else numbers[lastSeen] = Math.max(numbers[lastSeen], nowMs);
    this.#rows.setGeneration(slot, this.#generation);
    if (entry.status & IPS_SEEN_REPLY) this.#rows.setFlag(slot, row.REPLIED, true);
  }

  #classify(slot: number): void {
    this.#rows.setSide(slot, this.#sideOf(slot));
  }

  #sideOf(slot: number): row.Side {
    if (this.#hasOurs(slot, row.SOURCE)) return 'outbound';
    if (this.#hasOurs(slot, row.TRANSLATED)) return 'inboundTranslated';
    return this.#hasOurs(slot, row.DESTINATION) ? 'inbound' : 'foreign';
  }

  #hasOurs(slot: number, role: row.Role): boolean {
    this.#rows.readAddress(slot, role, this.#address);
    return this.#isOurs(this.#address);
  }

  /** Cleared or counted before. */
  #end(slot: number, report: Report): void {
    this.#tuples.remove(slot);
    this.#addresses.remove(slot);
    this.#rows.setFlag(slot, row.STANDS, false);
    this.#free[this.#freeCount++] = slot;
    this.#size--;
    this.#reporter.report('ended', slot, report);
  }

  /** The row that the next new flow gets; 0 when the table is full. */
  #nextFree(): number {
    if (this.#freeCount > 0) return this.#free[this.#freeCount - 1];
    return this.#unused < this.#rows.capacity ? this.#unused : row.SCRATCH;
  }

  #allocate(nextFree: number): void {
    if (this.#freeCount > 0) this.#freeCount--;
    else this.#unused = nextFree + 1;
  }
}
