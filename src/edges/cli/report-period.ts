/** The time of a report as a person types it. */

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * `7d` (before now), `2026-10-01`, `2026-10-01T12:00:00Z`. A date without a zone is UTC.
 * @throws Error for anything else
 */
export function momentOf(text: string, nowMs: number): number {
  const ago = /^([1-9][0-9]{0,4})([hdw])$/.exec(text);
  if (ago) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0);
  const hasForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?$/.test(text);
  const zoned = /T/.test(text) && !/(Z|[+-][0-9]{2}:[0-9]{2})$/.test(text) ? `${text}Z` : text;
  const atMs = hasForm ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(atMs)) throw new Error(`'${text}' is no time: use 7d, 2026-10-01 or 2026-10-01T12:00:00Z`);
  return atMs;
}
