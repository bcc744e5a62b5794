/** Lists that are made in pieces, while flows begin, move bytes and end between them, in rows that are used again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listFlows } from '../../../src/engine/flow-listing.ts';
import { flowsOn } from '../../../src/engine/flow-page.ts';
import type { FlowFilter, FlowView } from '../../../src/engine/listing.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { recordedTable } from '../flow/entry.ts';
import { NOW } from '../policy/sources.ts';
import { POLICY } from './bench.ts';

const COMPILED = compilePolicy(POLICY);
const HOSTS = ['10.1.0.10', '10.1.0.11'];
/** 203.0.113.0/24 is allowed, the rest is not. */
const DESTINATIONS = ['203.0.113.9', '192.0.2.1'];
const MOST_FLOWS = 700;

/** What happens in one pause: flows that begin, and which of those that stand end or send something. */
interface Happening {
  readonly begin: number;
  readonly end: readonly number[];
  readonly send: readonly number[];
}

class World {
  readonly #recorded = recordedTable(MOST_FLOWS);
  /** By its number, which is its port; how much each has sent. */
  readonly standing = new Map<number, number>();
  readonly ended = new Set<number>();
  #last = 0;

  get table() {
    return this.#recorded.table;
  }

  begin(count: number): void {
    for (let n = 0; n < count && this.standing.size < MOST_FLOWS; n++) {
      this.#last += 1;
      this.standing.set(this.#last, 0);
      this.#observe(this.#last, 'new');
    }
  }

  happen({ begin, end, send }: Happening): void {
    for (const which of send) this.#some(which, (n) => this.#send(n));
    for (const which of end) this.#some(which, (n) => this.#end(n));
    this.begin(begin);
  }

  #some(which: number, act: (n: number) => void): void {
    const all = [...this.standing.keys()];
    if (all.length > 0) act(all[which % all.length]);
  }

  #send(n: number): void {
    this.standing.set(n, (this.standing.get(n) ?? 0) + 100);
    this.#observe(n, 'update');
  }

  #end(n: number): void {
    this.#observe(n, 'destroy');
    this.standing.delete(n);
    this.ended.add(n);
  }

  #observe(n: number, event: 'new' | 'update' | 'destroy'): void {
    this.#recorded.observe({
      ...{ event, id: n, from: `${hostOf(n)} ${n}`, to: `${destinationOf(n)} 443` },
      counters: [this.standing.get(n) ?? 0, 1, 0, 0],
      // Some begin at the same moment.
      startedAtMs: NOW + Math.floor(n / 3),
    });
  }
}

const hostOf = (n: number) => HOSTS[n % 2];
const destinationOf = (n: number) => DESTINATIONS[Math.floor(n / 2) % 2];

const FILTERS: [Omit<FlowFilter, 'limit'>, (n: number) => boolean][] = [
  [{}, () => true],
  [{ host: HOSTS[0] }, (n) => hostOf(n) === HOSTS[0]],
  [{ destination: DESTINATIONS[1] }, (n) => destinationOf(n) === DESTINATIONS[1]],
  [{ verdict: 'deny' }, (n) => destinationOf(n) === DESTINATIONS[1]],
  [
    { host: HOSTS[1], rule: 'web-out' },
    (n) => hostOf(n) === HOSTS[1] && destinationOf(n) === DESTINATIONS[0],
  ],
];

const happening = fc.record({
  begin: fc.nat(20),
  end: fc.array(fc.nat(), { maxLength: 20 }),
  send: fc.array(fc.nat(), { maxLength: 10 }),
});
const scenario = fc.record({
  before: fc.integer({ min: 0, max: 400 }),
  pauses: fc.array(happening, { maxLength: 30 }),
  filter: fc.constantFrom(...FILTERS),
});

/** All pages of a list, with something happening in each of its pauses. */
function read(
  world: World,
  pauses: Happening[],
  filter: FlowFilter,
): { shown: FlowView[]; endedBefore: Set<number>[] } {
  const shown: FlowView[] = [];
  /** By flow that is shown: those that were gone when its page was begun. */
  const endedBefore: Set<number>[] = [];
  let after: string | undefined;
  do {
    const gone = new Set(world.ended);
    const job = listFlows(world.table, COMPILED, { ...filter, after }, NOW);
    let step = job.next();
    for (; !step.done; step = job.next()) {
      const now = pauses.shift();
      if (now !== undefined) world.happen(now);
    }
    const flows = flowsOn(step.value);
    shown.push(...flows);
    endedBefore.push(...flows.map(() => gone));
    after = step.value.next ?? undefined;
  } while (after !== undefined);
  return { shown, endedBefore };
}

it('pages by start show each flow that stands throughout once, in order, and none that had ended', () => {
  fc.assert(
    fc.property(
      scenario,
      fc.integer({ min: 1, max: 500 }),
      ({ before, pauses, filter: [filter, fits] }, limit) => {
        const world = new World();
        world.begin(before);
        const first = [...world.standing.keys()];
        const { shown, endedBefore } = read(world, [...pauses], { ...filter, limit });
        const numbers = shown.map(({ hostPort }) => hostPort);
        const throughout = first.filter((n) => world.standing.has(n) && fits(n));
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(new Set(numbers).intersection(new Set(throughout)).size).toBe(throughout.length);
        expect(numbers.every(fits)).toBe(true);
        expect(numbers.some((n, place) => endedBefore[place].has(n))).toBe(false);
        const starts = shown.map(({ startedAtMs }) => startedAtMs);
        expect(starts).toEqual(starts.toSorted((one, other) => other - one));
      },
    ),
    { numRuns: 40 },
  );
});

it('a page of all, in whatever order, shows each flow that stands throughout once, as it is when it is shown', () => {
  fc.assert(
    fc.property(
      scenario,
      fc.constantFrom('bytes', 'bytesOut', 'lastSeen'),
      ({ before, pauses, filter: [filter, fits] }, sort) => {
        const world = new World();
        world.begin(before);
        const first = [...world.standing.keys()];
        const { shown } = read(world, [...pauses], { ...filter, sort, limit: 10 * MOST_FLOWS });
        const numbers = shown.map(({ hostPort }) => hostPort);
        const throughout = first.filter((n) => world.standing.has(n) && fits(n));
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(new Set(numbers).intersection(new Set(throughout)).size).toBe(throughout.length);
        expect(shown.every(({ host, hostPort }) => host === hostOf(hostPort))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});
