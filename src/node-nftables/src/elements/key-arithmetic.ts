/** Keys as large numbers in network order. */

/** 1 more; undefined past the last key. */
export function nextKey(key: Uint8Array): Uint8Array | undefined {
  const next = key.slice();
  for (let at = next.length - 1; at >= 0; at--) {
    next[at] = (next[at] + 1) & 255;
    if (next[at] !== 0) return next;
  }
  return undefined;
}

/** 1 less; undefined before key 0. */
export function previousKey(key: Uint8Array): Uint8Array | undefined {
  const previous = key.slice();
  for (let at = previous.length - 1; at >= 0; at--) {
    previous[at] = (previous[at] - 1) & 255;
    if (previous[at] !== 255) return previous;
  }
  return undefined;
}

export function lastKey(length: number): Uint8Array {
  return new Uint8Array(length).fill(255);
}

export function compareKeys(x: Uint8Array, y: Uint8Array): number {
  // Keys are short: Buffer.compare takes ten times as long to get there.
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}
