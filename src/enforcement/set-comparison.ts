/**
 * All that stands in a set beside all that should stand there, taken as it comes. The kernel gives an element of a hash
 * set twice that is being enlarged meanwhile.
 */
import type { SetElement } from 'node-nftables';
import { compare, type MutableChange } from './comparison.ts';
import { elementId, type KernelElement } from './element.ts';
import { ElementIndex } from './element-index.ts';
import type { SetName } from './sets.ts';

export class SetComparison {
  readonly #set: SetName;
  readonly #wanted: ElementIndex;
  /** By place in the index: 1 once it was there. */
  #there: Uint8Array;
  /** What is there and nobody wants, by id. */
  readonly #foreign = new Set<string>();
  #change: MutableChange = { add: [], refresh: [], remove: [] };

  constructor(set: SetName, wanted: readonly KernelElement[]) {
    this.#set = set;
    this.#wanted = new ElementIndex(wanted);
    this.#there = new Uint8Array(this.#wanted.elements.length);
  }

  /** Forget what was taken: everything comes once more. */
  restart(): void {
    this.#there.fill(0);
    this.#foreign.clear();
    this.#change = { add: [], refresh: [], remove: [] };
  }

  /** @param nowMs when it was read, which is what its `expiresInMs` counts from */
  take(found: SetElement, nowMs: number): void {
    const place = this.#wanted.find(found);
    if (place < 0) this.#takeForeign(found, nowMs);
    else if (this.#there[place] === 0) {
      this.#there[place] = 1;
      compare(this.#set, this.#wanted.elements[place], found, nowMs, this.#change);
    }
  }

  /** What has to be done, everything having been taken. */
  finish(): MutableChange {
    for (let place = 0; place < this.#there.length; place++)
      if (this.#there[place] === 0) this.#change.add.push(this.#wanted.elements[place]);
    return this.#change;
  }

  #takeForeign(found: SetElement, nowMs: number): void {
    const id = elementId(this.#set, found.key, found.keyEnd);
    if (this.#foreign.has(id)) return;
    this.#foreign.add(id);
    compare(this.#set, undefined, found, nowMs, this.#change);
  }
}
