/** The links of this network namespace, and which of them are bridges. */
import type { Mac } from './mac.ts';
import type { Link } from './neighbour.ts';

/** VLANs on VLANs on a bridge; deeper than anybody builds, and so that a ring ends. */
const MAX_DEPTH = 8;
const MAX_LINKS = 16_384;

export class LinkTable {
  readonly #links = new Map<number, Link>();

  put(link: Link): void {
    if (this.#links.size < MAX_LINKS || this.#links.has(link.index)) this.#links.set(link.index, link);
  }

  drop(index: number): void {
    this.#links.delete(index);
  }

  clear(): void {
    this.#links.clear();
  }

  get(index: number): Link | undefined {
    return this.#links.get(index);
  }

  values(): Iterable<Link> {
    return this.#links.values();
  }

  /** One of our own links has it. */
  isOurs(mac: Mac): boolean {
    for (const link of this.#links.values()) if (link.mac === mac) return true;
    return false;
  }

  /**
   * The bridge that a packet on this link goes through: the link itself, what carries it, or whose port it is.
   * Undefined when there is none, so that neighbours talk to each other without this machine.
   */
  bridgeOf(index: number): Link | undefined {
    let link = this.#links.get(index);
    for (let depth = 0; link !== undefined && depth < MAX_DEPTH; depth++) {
      if (link.kind === 'bridge') return link;
      const master = this.#links.get(link.master);
      if (master?.kind === 'bridge') return master;
      link = this.#links.get(link.below);
    }
    return undefined;
  }
}
