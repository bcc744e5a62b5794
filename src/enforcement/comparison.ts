/** One element as it stands in the kernel beside what should stand there. */
import { isDeepStrictEqual } from 'node:util';
import type { SetElement } from 'node-nftables';
import type { Change } from './desired-state.ts';
import { elementId, type KernelElement, STAYS } from './element.ts';
import type { Lifetime } from './segments.ts';
import type { SetName } from './sets.ts';

export type MutableChange = { [K in keyof Change]: KernelElement[] };

/** The kernel keeps time in ticks, and the ways there take time. */
const TOLERANCE_MS = 2_000;

/** What has to be done so that `found` becomes `wanted`. */
export function compare(
  set: SetName,
  wanted: KernelElement | undefined,
  found: SetElement | undefined,
  nowMs: number,
  change: MutableChange,
): void {
  if (wanted === undefined) {
    if (found !== undefined) change.remove.push(removable(set, found, nowMs));
  } else if (found === undefined) change.add.push(wanted);
  else if (wanted.value !== found.value && !isDeepStrictEqual(wanted.value, found.value)) {
    change.remove.push(removable(set, found, nowMs));
    change.add.push(wanted);
  } else if (!sameLifetime(wanted, found, nowMs)) change.refresh.push(wanted);
}

/** As it was found. */
function removable(set: SetName, { key, keyEnd, value, ...times }: SetElement, nowMs: number): KernelElement {
  const { timeoutMs, expiresInMs = 0 } = times;
  const lifetime = timeoutMs === undefined ? STAYS : { timeoutMs, expiresAtMs: nowMs + expiresInMs };
  return {
    set,
    id: elementId(set, key, keyEnd),
    key,
    ...(keyEnd && { keyEnd }),
    ...(value !== undefined && { value }),
    ...lifetime,
  };
}

/** The kernel gives no timeout for what stays. */
export function sameLifetime(
  wanted: Lifetime,
  { timeoutMs = STAYS.timeoutMs, expiresInMs = 0 }: Pick<SetElement, 'timeoutMs' | 'expiresInMs'>,
  nowMs: number,
): boolean {
  if (wanted.timeoutMs === STAYS.timeoutMs || timeoutMs === STAYS.timeoutMs)
    return wanted.timeoutMs === timeoutMs;
  return (
    Math.abs(timeoutMs - wanted.timeoutMs) < TOLERANCE_MS &&
    Math.abs(expiresInMs - (wanted.expiresAtMs - nowMs)) < TOLERANCE_MS
  );
}
