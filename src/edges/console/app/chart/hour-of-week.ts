/** The shares by hour of the week that the API tells, turned for a grid of days and hours. */
import { formatMany } from '../part/format.ts';

const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/** 0 silent to 4 nearly always; null: nobody watched. */
export type ActivityLevel = 0 | 1 | 2 | 3 | 4 | null;

/**
 * Rows of 24, Monday first, in a time zone so many minutes ahead of UTC. A zone with half hours has no such grid: then
 * it stays in UTC.
 *
 * @param activity 168 values, UTC, Monday 00:00 first
 */
export function weekGrid(
  activity: readonly (number | null)[],
  offsetMinutes: number,
): { rows: (number | null)[][]; zone: string } {
  const hours = offsetMinutes % 60 === 0 ? offsetMinutes / 60 : 0;
  const rows = Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: DAY_HOURS }, (_, hour) => {
      const place = day * DAY_HOURS + hour - hours;
      return activity[(place + WEEK_HOURS) % WEEK_HOURS] ?? null;
    }),
  );
  return { rows, zone: zoneWords(hours) };
}

function zoneWords(hours: number): string {
  if (hours === 0) return 'UTC';
  return `UTC${hours > 0 ? '+' : '−'}${Math.abs(hours)}`;
}

export function activityLevel(share: number | null): ActivityLevel {
  if (share === null) return null;
  if (share <= 0) return 0;
  return Math.min(4, Math.ceil(share * 4)) as ActivityLevel;
}

/** A sentence for who does not see the grid. */
export function activityWords(activity: readonly (number | null)[]): string {
  const watched = activity.filter((share) => share !== null);
  if (watched.length === 0) return 'No hour of the week was watched yet.';
  const active = watched.filter((share) => share > 0).length;
  const always = watched.filter((share) => share > 0.75).length;
  const unwatched = activity.length - watched.length;
  const gap = unwatched > 0 ? `, ${formatMany(unwatched, 'hour')} not watched yet` : '';
  return `Active in ${active} of ${watched.length} watched hours of the week, nearly always in ${always}${gap}.`;
}
