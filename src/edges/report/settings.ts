/**
 * The part of the daemon's configuration for reports that come by themselves:
 *
 *   reports: {every: week, keep: 12, directory: /var/lib/penstock/reports}
 */
import { z } from 'zod';
import { EVERY } from './calendar.ts';

export const reportSettings = z.strictObject({
  every: z.enum(EVERY, { error: `one of ${EVERY.join(', ')}` }),
  keep: z.number({ error: 'a whole number from 1 to 1000' }).int().min(1).max(1_000).default(12),
  /** Default: `reports` in the state directory. */
  directory: z.string().min(1).optional(),
});

export type ReportSettings = z.output<typeof reportSettings>;
