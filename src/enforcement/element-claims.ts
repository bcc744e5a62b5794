/**
 * Who asks for which element, by a hash of its key: hardly ever does one hash stand for two elements, of two sets or by
 * chance. By their ids a block that is on its way into the kernel would wait for a text to be made, and hashed.
 */
import type { KernelElement } from './element.ts';
import { hashOf, isSameKey } from './element-index.ts';
import { longest } from './segments.ts';

/** `by`: id of the decision that asks. */
export interface Claim {
  readonly by: string;
  readonly element: KernelElement;
}

type Place = Pick<KernelElement, 'set' | 'key'>;

const NONE: readonly Claim[] = [];

export class ElementClaims {
  readonly #byHash = new Map<number, readonly Claim[]>();

  /** False: nobody asks for it. */
  mayBeClaimed({ key }: Place): boolean {
    return this.#byHash.has(hashOf(key));
  }

  /** All on one element. */
  on(place: Place): readonly Claim[] {
    return this.#near(place).filter((claim) => isOn(claim, place));
  }

  /** From now on these are all on this element. */
  set(place: Place, claims: readonly Claim[]): void {
    const hash = hashOf(place.key);
    const others = this.#near(place).filter((claim) => !isOn(claim, place));
    const all = others.length === 0 ? claims : [...others, ...claims];
    if (all.length === 0) this.#byHash.delete(hash);
    else this.#byHash.set(hash, all);
  }

  /** Each that somebody asks for, as the longest asks for it. */
  *elements(): Generator<KernelElement> {
    for (const claims of this.#byHash.values()) {
      if (claims.length === 1) yield claims[0].element;
      else
        for (const same of Map.groupBy(claims, ({ element }) => element.id).values()) yield longestOf(same);
    }
  }

  #near({ key }: Place): readonly Claim[] {
    return this.#byHash.get(hashOf(key)) ?? NONE;
  }
}

/** Of one element. */
export function longestOf(claims: readonly Claim[]): KernelElement {
  return claims.length === 1 ? claims[0].element : longest(claims.map(({ element }) => element));
}

function isOn({ element }: Claim, { set, key }: Place): boolean {
  return element.set === set && isSameKey(element.key, key);
}
