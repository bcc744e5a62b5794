/** Elements of one set of the fake, with the kernel's rules for doubles, overlaps, timeouts and size. */
import { flagList } from '../document/index.ts';
import type { Step } from '../elements/change.ts';
import { layoutOf, type SetElement } from '../elements/element.ts';
import { fieldPlaces } from '../elements/key.ts';
import { compareKeys } from '../elements/key-arithmetic.ts';
import { EEXIST, ENOENT } from '../errors.ts';
import { refusal } from './failure.ts';
import type { FakeElement, FakeSet } from './ruleset.ts';

const EINVAL = 22;
const ENFILE = 23;

export class ElementStore {
  readonly #set: FakeSet;
  readonly #nowMs: number;

  constructor(set: FakeSet, nowMs: number) {
    this.#set = set;
    this.#nowMs = nowMs;
    for (const [id, { expiresAtMs }] of set.elements) {
      if (expiresAtMs !== undefined && expiresAtMs <= nowMs) set.elements.delete(id);
    }
  }

  /** @throws NftablesError */
  take(step: Step, element: SetElement, operation: string, index?: number): void {
    this.#checkKey(element, operation, index);
    if (step === 'delete') this.#delete(element, operation, index);
    else this.#add(element, step === 'new exclusively', operation, index);
  }

  /** With what is left of their time. */
  list(): SetElement[] {
    const elements = [...this.#set.elements.values()].map((element) => this.#shown(element));
    if (this.#layout !== 'interval') return elements;
    return elements.sort((x, y) => compareKeys(x.key, y.key));
  }

  get(key: Uint8Array): SetElement | undefined {
    const holder = [...this.#set.elements.values()].find(({ element }) => this.#holds(element, key));
    return holder && this.#shown(holder);
  }

  get #layout() {
    return layoutOf(this.#set.definition);
  }

  /** No packet passes the fake. */
  get #counts(): boolean {
    return this.#set.definition.stmt?.some((statement) => 'counter' in statement) ?? false;
  }

  #add(element: SetElement, exclusive: boolean, operation: string, index?: number): void {
    const id = this.#id(element);
    const present = this.#set.elements.get(id);
    if (present === undefined) this.#insert(id, element, operation, index);
    else if (exclusive) throw refusal(operation, EEXIST, 'element exists', index);
    else if (!sameValue(present.element, element)) throw refusal(operation, EEXIST, 'another value', index);
    else if (element.timeoutMs !== undefined)
      this.#set.elements.set(id, this.#timed(present.element, element));
  }

  #insert(id: string, element: SetElement, operation: string, index?: number): void {
    const { elements, definition } = this.#set;
    if (this.#layout !== 'single' && this.#overlapsAny(element))
      throw refusal(operation, EEXIST, 'interval overlaps another', index);
    if (definition.size !== undefined && elements.size >= definition.size) {
      throw refusal(operation, ENFILE, 'set is full', index);
    }
    elements.set(id, this.#timed(element, element));
  }

  #overlapsAny(added: SetElement): boolean {
    return [...this.#set.elements.values()].some(({ element }) => this.#overlaps(element, added));
  }

  #delete(element: SetElement, operation: string, index?: number): void {
    if (!this.#set.elements.delete(this.#id(element))) {
      throw refusal(operation, ENOENT, 'no such element', index);
    }
  }

  /** `element` with the times of `times`, counted from now. */
  #timed(element: SetElement, times: SetElement): FakeElement {
    const { timeout } = this.#set.definition;
    const timeoutMs = times.timeoutMs ?? (timeout === undefined ? undefined : timeout * 1_000);
    if (timeoutMs === undefined) return { element, expiresAtMs: undefined };
    const expiresAtMs = this.#nowMs + (times.expiresInMs ?? timeoutMs);
    return { element: { ...element, timeoutMs }, expiresAtMs };
  }

  #shown({ element, expiresAtMs }: FakeElement): SetElement {
    const { keyEnd = element.key, expiresInMs: _, counter: __, ...rest } = element;
    return {
      ...rest,
      ...(this.#counts && { counter: { packets: 0, bytes: 0 } }),
      ...(this.#layout !== 'single' && { keyEnd }),
      ...(expiresAtMs !== undefined && { expiresInMs: expiresAtMs - this.#nowMs }),
    };
  }

  #checkKey(element: SetElement, operation: string, index?: number): void {
    const { type, flags } = this.#set.definition;
    const places = fieldPlaces(type);
    const { start, bytes } = places[places.length - 1];
    const length = places.length === 1 ? bytes : start + ((bytes + 3) & ~3);
    const keys = [element.key, element.keyEnd ?? element.key];
    const timed = element.timeoutMs !== undefined || element.expiresInMs !== undefined;
    if (keys.some((key) => key.length !== length) || (timed && !flagList(flags).includes('timeout'))) {
      throw refusal(operation, EINVAL, 'element does not fit the set', index);
    }
  }

  #id({ key, keyEnd = key }: SetElement): string {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    return this.#layout === 'single' ? hex(key) : `${hex(key)}-${hex(keyEnd)}`;
  }

  /** pipapo looks only whether the first or last key of the new element is taken: a wider one passes. */
  #overlaps(there: SetElement, added: SetElement): boolean {
    const last = added.keyEnd ?? added.key;
    if (this.#layout === 'concatenated interval') {
      return this.#holds(there, added.key) || this.#holds(there, last);
    }
    return compareKeys(there.key, last) <= 0 && compareKeys(added.key, there.keyEnd ?? there.key) <= 0;
  }

  /** Each field of the key lies between the element's. */
  #holds({ key, keyEnd = key }: SetElement, candidate: Uint8Array): boolean {
    if (this.#layout === 'single') return compareKeys(key, candidate) === 0;
    return fieldPlaces(this.#set.definition.type).every(({ start, bytes }) => {
      const field = (of: Uint8Array) => of.subarray(start, start + bytes);
      return (
        compareKeys(field(key), field(candidate)) <= 0 && compareKeys(field(candidate), field(keyEnd)) <= 0
      );
    });
  }
}

function sameValue({ value: x }: SetElement, { value: y }: SetElement): boolean {
  if (x instanceof Uint8Array && y instanceof Uint8Array) return compareKeys(x, y) === 0;
  return JSON.stringify(x) === JSON.stringify(y);
}
