/** The widths of buckets, from fine to coarse, and how much of each is kept unless the configuration says otherwise. */

export const STEPS = ['minute', 'hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const STEP_MS: Readonly<Record<Step, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** How long buckets of each width are kept, in ms. */
export type Keep = Readonly<Record<Step, number>>;
export const DEFAULT_KEEP: Keep = { minute: 36 * HOUR_MS, hour: 35 * DAY_MS, day: 400 * DAY_MS };

/** What a bucket may hold; the rest of it is one row of others. So 1,000 hosts take some 20 MB a day in hours. */
export interface BucketLimits {
  readonly hosts: number;
  /** Destinations and services of one host under one verdict. */
  readonly destinations: number;
}
export type Limits = Readonly<Record<Step, BucketLimits>>;
export const DEFAULT_LIMITS: Limits = {
  minute: { hosts: 4_096, destinations: 20 },
  hour: { hosts: 8_192, destinations: 20 },
  day: { hosts: 16_384, destinations: 30 },
};

/** A bucket's number: its start in widths since the epoch. */
export function bucketOf(step: Step, atMs: number): number {
  return Math.floor(atMs / STEP_MS[step]);
}
