/**
 * The history's part of the daemon's configuration:
 *
 *   history:
 *     keep: {minute: 36h, hour: 35d, day: 400d}
 *     maxSize: 1GiB
 *   geo: {country: /usr/share/GeoIP/country.mmdb, as: /usr/share/GeoIP/asn.mmdb}
 */
import { z } from 'zod';
import { sizeField } from '../../policy/schema/quantity.ts';
import type { GeographyFiles } from './geography.ts';
import { DAY_MS, DEFAULT_KEEP, type Step } from './step.ts';
import type { KeeperSettings } from './wire.ts';

const DEFAULT_MAX_BYTES = 2 ** 30;
const LEAST_BYTES = 16 * 2 ** 20;
const MOST_KEEP_MS = 3_660 * DAY_MS;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS };

/** A look back at today needs some hours of minutes, a report some weeks of hours. */
const LEAST_KEEP_MS: Readonly<Record<Step, number>> = {
  minute: 4 * 3_600_000,
  hour: 2 * DAY_MS,
  day: 7 * DAY_MS,
};

function keepField(step: Step) {
  const expected = `a whole number and h or d, at least ${LEAST_KEEP_MS[step] / 3_600_000}h and at most 3660d`;
  return z
    .string({ error: expected })
    .transform((text, context) => {
      const found = /^([1-9][0-9]{0,5})([hd])$/.exec(text);
      const ms = Number(found?.[1]) * (UNIT_MS[found?.[2] ?? ''] ?? Number.NaN);
      if (ms >= LEAST_KEEP_MS[step] && ms <= MOST_KEEP_MS) return ms;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .default(DEFAULT_KEEP[step]);
}

export const historySettings = z.strictObject({
  keep: z
    .strictObject({ minute: keepField('minute'), hour: keepField('hour'), day: keepField('day') })
    .prefault({}),
  maxSize: sizeField.refine((bytes) => bytes >= LEAST_BYTES, 'at least 16MiB').default(DEFAULT_MAX_BYTES),
});

/** Files in the MaxMind DB format. */
export const geographySettings = z.strictObject({
  country: z.string().min(1).optional(),
  as: z.string().min(1).optional(),
});

export type HistorySettings = z.output<typeof historySettings>;

/** `path`: of the database. */
export function keeperSettings(
  { keep, maxSize }: HistorySettings,
  geography: GeographyFiles,
  path: string,
): KeeperSettings {
  return { path, keep, maxBytes: maxSize, geography };
}
