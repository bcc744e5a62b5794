/**
 * All that stands in a set beside all that should stand there, taken as it comes. The kernel gives an element of a hash
 * set twice that is being enlarged meanwhile. Where nothing stands, as at a start, there is nothing to find: an index of a
 * hundred thousand takes as long as writing them for the kernel.
 */
import type { SetElement } from 'node-nftables';
import { compare, type MutableChange } from './comparison.ts';
import { elementId, type KernelElement } from './element.ts';
import { ElementIndex } from './element-index.ts';
import type { SetName } from './sets.ts';

const NONE = new Uint8Array(0);

export class SetComparison {
  readonly #set: SetName;
  readonly #wanted: readonly KernelElement[];
  /** Made when it is first asked. */
  #index: ElementIndex | undefined;
  /** By place in the index: 1 once it was there. */
  #there = NONE;
  /** What is there and nobody wants, by id. */
  readonly #foreign = new Set<string>();
  #change: MutableChange = { add: [], refresh: [], remove: [] };

  /** @param wanted each once */
  constructor(set: SetName, wanted: readonly KernelElement[]) {
    this.#set = set;
    this.#wanted = wanted;
  }

  /** Forget what was taken: everything comes once more. */
  restart(): void {
    this.#there.fill(0);
    this.#foreign.clear();
    this.#change = { add: [], refresh: [], remove: [] };
  }

  /** @param nowMs when it was read, which is what its `expiresInMs` counts from */
  take(found: SetElement, nowMs: number): void {
    const index = this.#indexed();
    const place = index.find(found);
    if (place < 0) this.#takeForeign(found, nowMs);
    else if (this.#there[place] === 0) {
      this.#there[place] = 1;
      compare(this.#set, index.elements[place], found, nowMs, this.#change);
    }
  }

  /** What has to be done, everything having been taken. */
  finish(): MutableChange {
    const { elements } = this.#index ?? { elements: this.#wanted };
    for (let place = 0; place < elements.length; place++)
      if (this.#there[place] !== 1) this.#change.add.push(elements[place]);
    return this.#change;
  }

  #indexed(): ElementIndex {
    if (this.#index === undefined) {
      this.#index = new ElementIndex(this.#wanted);
      this.#there = new Uint8Array(this.#index.elements.length);
    }
    return this.#index;
  }

  #takeForeign(found: SetElement, nowMs: number): void {
    const id = elementId(this.#set, found.key, found.keyEnd);
    if (this.#foreign.has(id)) return;
    this.#foreign.add(id);
    compare(this.#set, undefined, found, nowMs, this.#change);
  }
}
