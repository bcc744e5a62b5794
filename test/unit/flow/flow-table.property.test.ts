import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { hostPrefix } from '../../../src/address/prefix.ts';
import type { EventKind } from '../../../src/conntrack/entry.ts';
import { FlowTable, type TableChange } from '../../../src/flow/flow-table.ts';
import { entry, isOurs } from './entry.ts';

/** Few ends, so that they meet. */
const HOSTS = ['10.0.0.1', '10.0.0.2', 'fd00::1'];
const PEERS = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
const TRANSLATED = ['203.0.113.9', '203.0.113.9', '2001:db8::99'];

type Counters = [number, number, number, number];

interface Step {
  kind: 'new' | 'update' | 'dump' | 'destroy' | 'reset' | 'resync' | 'lostEnd';
  host: number;
  peer: number;
  port: number;
  nat: boolean;
  grow: Counters;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('new', 'update', 'dump', 'destroy', 'reset', 'resync', 'lostEnd'),
  host: fc.nat(2),
  peer: fc.nat(1),
  port: fc.integer({ min: 1, max: 3 }),
  nat: fc.boolean(),
  grow: fc.tuple(fc.nat(1e9), fc.nat(1e6), fc.nat(1e9), fc.nat(1e6)),
});

interface Connection {
  id: number;
  from: string;
  to: string;
  translated: string;
  counters: Counters;
}

/** A naive kernel: connections by tuple, and the sum of all counters that it ever let be seen. */
class Kernel {
  readonly standing = new Map<string, Connection>();
  readonly shown: Counters = [0, 0, 0, 0];
  #nextId = 1;

  connection({ host, peer, port, nat }: Step): Connection {
    const from = `${HOSTS[host]} ${port}`;
    const to = `${PEERS[host === 2 ? 2 : peer]} 443`;
    const known = this.standing.get(`${from} ${to}`);
    if (known !== undefined) return known;
    const translated = nat ? `${TRANSLATED[host]} 8443` : to;
    const made: Connection = { id: this.#nextId++, from, to, translated, counters: [0, 0, 0, 0] };
    this.standing.set(`${from} ${to}`, made);
    return made;
  }

  grow({ counters }: Connection, by: Counters): void {
    for (const [i, amount] of by.entries()) {
      counters[i] += amount;
      this.shown[i] += amount;
    }
  }

  remove({ from, to }: Connection): void {
    this.standing.delete(`${from} ${to}`);
  }
}

class Run {
  readonly kernel = new Kernel();
  readonly table = new FlowTable({ isOurs, maxFlows: 50 });
  readonly sum: Counters = [0, 0, 0, 0];
  started = 0;
  ended = 0;

  readonly report = (change: TableChange): void => {
    const added = [change.bytesOut, change.packetsOut, change.bytesIn, change.packetsIn];
    expect(Math.min(...added)).toBeGreaterThanOrEqual(0);
    for (const [i, amount] of added.entries()) this.sum[i] += amount;
    if (change.kind === 'started') this.started++;
    if (change.kind === 'ended') this.ended++;
  };

  take(each: Step): void {
    if (each.kind === 'resync') this.resync();
    else this.happen(each.kind, this.kernel.connection(each), each.grow);
  }

  happen(kind: Exclude<Step['kind'], 'resync'>, connection: Connection, grow: Counters): void {
    if (kind === 'dump' || kind === 'destroy') this.kernel.grow(connection, grow);
    if (kind === 'reset') connection.counters = [0, 0, 0, 0];
    if (kind === 'destroy' || kind === 'lostEnd') this.kernel.remove(connection);
    if (kind === 'lostEnd') this.resync();
    else if (kind === 'reset') this.observe('dump', connection, true);
    else this.observe(kind, connection, kind === 'dump' || kind === 'destroy');
  }

  observe(event: EventKind, { counters, ...ends }: Connection, isCounted: boolean): void {
    this.table.observe(entry({ event, ...ends, ...(isCounted && { counters }) }), 1, this.report);
  }

  resync(): void {
    this.table.beginResync();
    for (const connection of this.kernel.standing.values()) this.observe('dump', connection, true);
    this.table.endResync(this.report);
  }
}

describe('flow table against a naive kernel', () => {
  it('reports each connection once started and once ended, and deltas that add up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const run = new Run();
        for (const each of steps) {
          run.take(each);
          expect(run.table.size).toBe(run.kernel.standing.size);
          expect(run.started - run.ended).toBe(run.table.size);
        }
        expect(run.sum).toEqual(run.kernel.shown);
      }),
      { numRuns: 300 },
    );
  });

  it('finds by address exactly the flows that have it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const run = new Run();
        for (const each of steps) run.take(each);
        const { kernel, table } = run;
        for (const address of [...HOSTS, ...PEERS, ...TRANSLATED]) {
          const slots = table.matching({ kind: 'destination', prefix: hostPrefix(parseAddress(address)) });
          const having = [...kernel.standing.values()].filter(({ from, to, translated }) =>
            [from, to, translated].some((end) => end.startsWith(`${address} `)),
          );
          const ids = slots.map((slot) => table.identityOf(slot).id);
          expect(ids.toSorted()).toEqual(having.map(({ id }) => id).toSorted());
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives back every place', () => {
    const table = new FlowTable({ isOurs, maxFlows: 1000 });
    for (const event of ['new', 'destroy', 'new', 'destroy'] as const) {
      for (let port = 1; port <= 1000; port++) {
        table.observe(entry({ event, from: `10.0.0.1 ${port}` }), 1, () => {});
      }
      expect(table.size).toBe(event === 'new' ? 1000 : 0);
    }
    expect(table.unkept).toBe(0);
  });
});
