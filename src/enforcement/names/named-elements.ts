/**
 * What @namedN should hold: for each address that a name stands for, who may reach it and by which keys.
 *
 *   put: other boxes for an address -----> elements come and go, those that stay are left as they are
 *   due: an element's own time runs out --> it gets more
 *
 * The kernel is given some minutes more than an address has, so that an answer that only prolongs it changes nothing
 * there; when its time is over the element is taken out. The kernel's own timeout is for the case that nobody does.
 */

import { type Address, formatAddress, toBytes } from '../../address/address.ts';
import { type AddressRanges, firstOf, lastOf } from '../../address/ranges.ts';
import { boxKey } from '../allowlist/box-key.ts';
import type { Change } from '../desired-state.ts';
import { elementId, type Holder, type KernelElement } from '../element.ts';
import type { SetName } from '../sets.ts';

/** Each look-up costs the same; an addition is a copy of the set. */
export const MAX_NAMED_ELEMENTS = 32_768;
/** What the kernel is given over the time of the name, at most and at least. */
export const SLACK_MS = 10 * 60_000;
const LEAST_SLACK_MS = 60_000;

/** Hosts that may reach an address, and by which keys (protocol << 16 | port): see the policy's KeyRange. */
export interface NamedReach {
  readonly hosts: AddressRanges;
  readonly keys: readonly { readonly first: number; readonly last: number }[];
}

interface Held {
  readonly address: Address;
  untilMs: number;
  readonly elements: Map<string, KernelElement>;
}

export class NamedElements implements Holder {
  readonly owner = 'names';
  readonly #byAddress = new Map<string, Held>();
  readonly #byId = new Map<string, KernelElement>();

  get size(): number {
    return this.#byId.size;
  }

  addresses(): Address[] {
    return [...this.#byAddress.values()].map(({ address }) => address);
  }

  *elements(nowMs: number): Generator<KernelElement> {
    for (const element of this.#byId.values()) if (element.expiresAtMs > nowMs) yield element;
  }

  find(id: string, nowMs: number): KernelElement | undefined {
    const element = this.#byId.get(id);
    return element !== undefined && element.expiresAtMs > nowMs ? element : undefined;
  }

  /** An address is to be reached so until then; with no boxes it is to be gone. Undefined when there is no room. */
  put(
    address: Address,
    boxes: readonly NamedReach[],
    untilMs: number,
    nowMs: number,
  ): Pick<Change, 'add' | 'remove'> | undefined {
    const key = formatAddress(address);
    const held = this.#byAddress.get(key) ?? { address, untilMs, elements: new Map<string, KernelElement>() };
    const wanted = new Map(
      boxes
        .flatMap((box) => elementsOf(address, box, lifetime(untilMs, nowMs)))
        .map((each) => [each.id, each]),
    );
    const add = [...wanted.values()].filter(({ id }) => !held.elements.has(id));
    const remove = [...held.elements.values()].filter(({ id }) => !wanted.has(id));
    if (this.#byId.size + add.length - remove.length > MAX_NAMED_ELEMENTS) return undefined;
    held.untilMs = untilMs;
    for (const { id } of remove) this.#drop(held, id);
    for (const element of add) this.#keep(held, element);
    if (held.elements.size === 0) this.#byAddress.delete(key);
    else this.#byAddress.set(key, held);
    return { add, remove };
  }

  /** Elements whose time in the kernel is to be longer, so that it outlasts that of their address. */
  prolong(nowMs: number): KernelElement[] {
    const longer: KernelElement[] = [];
    for (const held of this.#byAddress.values()) {
      for (const element of held.elements.values()) {
        if (element.expiresAtMs >= held.untilMs + LEAST_SLACK_MS) continue;
        const prolonged = { ...element, ...lifetime(held.untilMs, nowMs) };
        this.#keep(held, prolonged);
        longer.push(prolonged);
      }
    }
    return longer;
  }

  #keep(held: Held, element: KernelElement): void {
    held.elements.set(element.id, element);
    this.#byId.set(element.id, element);
  }

  #drop(held: Held, id: string): void {
    held.elements.delete(id);
    this.#byId.delete(id);
  }
}

function lifetime(untilMs: number, nowMs: number) {
  const expiresAtMs = untilMs + SLACK_MS;
  return { expiresAtMs, timeoutMs: Math.max(1, expiresAtMs - nowMs) };
}

function elementsOf(
  address: Address,
  { hosts, keys }: NamedReach,
  life: { timeoutMs: number; expiresAtMs: number },
): KernelElement[] {
  const set: SetName = `named${address.family}`;
  const to = Uint8Array.from(toBytes(address));
  const parts = keys.flatMap(inFields);
  return Array.from({ length: hosts.count }, (_, i) => i).flatMap((i) =>
    parts.map(({ first, last }): KernelElement => {
      const key = boxKey(firstOf(hosts, i), to, first);
      const keyEnd = boxKey(lastOf(hosts, i), to, last);
      return { set, id: elementId(set, key, keyEnd), key, keyEnd, ...life };
    }),
  );
}

/** The kernel compares field by field: a range over several protocols is whole protocols but for its ends. */
function inFields({ first, last }: { first: number; last: number }): { first: number; last: number }[] {
  if (first >>> 16 === last >>> 16) return [{ first, last }];
  const head = (first & 0xffff) === 0 ? [] : [{ first, last: first | 0xffff }];
  const tail = (last & 0xffff) === 0xffff ? [] : [{ first: last & ~0xffff, last }];
  const from = head.length > 0 ? (first | 0xffff) + 1 : first;
  const to = tail.length > 0 ? (last & ~0xffff) - 1 : last;
  return from <= to ? [...head, { first: from, last: to }, ...tail] : [...head, ...tail];
}
