/** A neighbour table that a test fills; what changes is announced at the next drain. */
import { parseAddress } from '../../../src/address/address.ts';
import type { NeighbourSource } from '../../../src/engine/quarantine-watch.ts';
import type { Link, RouteMessage } from '../../../src/neighbour/neighbour.ts';

const LINK = { isEthernet: true, below: 0, master: 0, mac: '02:00:00:00:00:01' };

export class FakeNeighbours implements NeighbourSource {
  readonly fd = -1;
  readonly links: Link[] = [{ ...LINK, index: 2, name: 'lan', kind: 'bridge' }];
  /** The next drain says that notifications are gone, and gives none. */
  lost = false;
  readonly #table = new Map<string, RouteMessage>();
  #waiting: RouteMessage[] = [];

  sees(address: string, mac: string): void {
    const neighbour = { address: parseAddress(address), interfaceIndex: 2, mac };
    const message: RouteMessage = { kind: 'neighbour', neighbour };
    this.#table.set(address, message);
    this.#waiting.push(message);
  }

  drain(onMessage: (message: RouteMessage) => void, _limit: number) {
    const waiting = this.lost ? [] : this.#waiting;
    const lost = this.lost;
    this.#waiting = [];
    this.lost = false;
    for (const message of waiting) onMessage(message);
    return { lost, more: false };
  }

  dump(onMessage: (message: RouteMessage) => void): void {
    for (const link of this.links) onMessage({ kind: 'link', link });
    for (const message of this.#table.values()) onMessage(message);
  }
}
