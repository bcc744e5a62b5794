/**
 * The kernel keeps an interval of a set with one field as two elements, which are joined here:
 *
 *   START 10.0.0.0, END 11.0.0.0                 10.0.0.0 - 10.255.255.255
 *   START 255.0.0.0 and no END behind it         255.0.0.0 - 255.255.255.255
 *   END without a START below it                 nothing: nft puts one at 0.0.0.0, or its START has expired
 */
import type { SetElement } from './element.ts';
import type { WireElement } from './element-reader.ts';
import { compareKeys, lastKey, previousKey } from './key-arithmetic.ts';

/** In ascending order. The order of `elements` does not matter. */
export function joinIntervals(elements: readonly WireElement[]): SetElement[] {
  const descending = [...elements].sort(
    (x, y) =>
      compareKeys(y.key, x.key) || Number(x.isIntervalEnd ?? false) - Number(y.isIntervalEnd ?? false),
  );
  const joined: SetElement[] = [];
  let end: Uint8Array | undefined;
  for (const { isIntervalEnd, ...element } of descending) {
    if (!isIntervalEnd) joined.push({ ...element, keyEnd: end ?? lastKey(element.key.length) });
    end = previousKey(element.key);
  }
  return joined.reverse();
}
