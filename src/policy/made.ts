/**
 * Things made of other things, the same object for as long as all that it was made of is the same: what did not change
 * from one policy to the next is then known by identity, by whoever keeps something for it.
 */
export class Made<T extends object> {
  readonly #made = new WeakMap<object, { readonly parts: readonly unknown[]; readonly thing: T }>();

  /** `key` and `parts`: all that `make` depends on. One thing is kept for each key. */
  of(key: object, parts: readonly unknown[], make: () => T): T {
    const known = this.#made.get(key);
    if (known?.parts.length === parts.length && known.parts.every((part, i) => part === parts[i]))
      return known.thing;
    const thing = make();
    this.#made.set(key, { parts, thing });
    return thing;
  }
}
