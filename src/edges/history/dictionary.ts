/** Short numbers for hosts, destinations and verdicts. 0 stands for all that have none. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Numbers that are remembered; then all are forgotten, and looked up again. */
const MOST_KNOWN = 100_000;

interface Known {
  readonly id: number;
  /** Groups of a host as JSON, the name of a destination; what may change. */
  fact: string | null;
}

/** One table of things by their address. */
class Addresses {
  readonly #known = new Map<string, Known>();
  readonly #read: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync, table: 'hosts' | 'destinations', fact: 'groups' | 'name') {
    this.#read = db.prepare(`SELECT id, ${fact} AS fact FROM ${table} WHERE address = ?`);
    this.#insert = db.prepare(`INSERT INTO ${table} (address, ${fact}) VALUES (?, ?)`);
    this.#update = db.prepare(`UPDATE ${table} SET ${fact} = ? WHERE id = ?`);
  }

  /** `fact` undefined: as it was. */
  number(address: string, fact: string | undefined, initially: string | null): number {
    const known = this.#known.get(address) ?? (this.#read.get(address) as unknown as Known | undefined);
    if (known === undefined) {
      const made = fact ?? initially;
      const id = Number(this.#insert.run(address, made).lastInsertRowid);
      this.#remember(address, { id, fact: made });
      return id;
    }
    if (fact !== undefined && fact !== known.fact) {
      this.#update.run(fact, known.id);
      known.fact = fact;
    }
    this.#remember(address, known);
    return known.id;
  }

  forget(): void {
    this.#known.clear();
  }

  #remember(address: string, known: Known): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(address, known);
  }
}

export class Dictionary {
  readonly #hosts: Addresses;
  readonly #destinations: Addresses;
  readonly #verdicts = new Map<string, number>();
  readonly #readVerdict: StatementSync;
  readonly #insertVerdict: StatementSync;

  constructor(db: DatabaseSync) {
    this.#hosts = new Addresses(db, 'hosts', 'groups');
    this.#destinations = new Addresses(db, 'destinations', 'name');
    this.#readVerdict = db.prepare('SELECT id FROM verdicts WHERE kind = ? AND because = ?');
    this.#insertVerdict = db.prepare('INSERT INTO verdicts (kind, because) VALUES (?, ?)');
  }

  host(address: string | null, groups: readonly string[] | undefined): number {
    return address === null ? 0 : this.#hosts.number(address, groups && JSON.stringify(groups), '[]');
  }

  /** A name that was known stays until there is another. */
  destination(address: string | null, name: string | undefined): number {
    return address === null ? 0 : this.#destinations.number(address, name, null);
  }

  verdict(kind: string, because: string): number {
    const key = `${kind} ${because}`;
    const known = this.#verdicts.get(key) ?? (this.#readVerdict.get(kind, because)?.id as number | undefined);
    const id = known ?? Number(this.#insertVerdict.run(kind, because).lastInsertRowid);
    this.#verdicts.set(key, id);
    return id;
  }

  /** After rows have gone, or what was written was taken back. */
  forget(): void {
    this.#hosts.forget();
    this.#destinations.forget();
    this.#verdicts.clear();
  }
}
