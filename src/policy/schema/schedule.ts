/** Weekly windows on the wall clock of one zone. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { refusal, textField } from './text.ts';

/** In the order of ISO 8601: Monday is 1. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** IANA zone as this Node knows it; offsets like +02:00 have no summer time and are refused. */
function parseZone(text: string): string {
  const problem = new PolicyTextError(text, 'no time zone', 'an IANA name like Europe/Berlin or UTC');
  if (!/^[A-Za-z]/.test(text)) throw problem;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone && text;
  } catch {
    throw problem;
  }
}

/** `HH:MM`, 24 hours; `24:00` only as an end. Returns minutes since midnight. */
function parseClock(text: string): number {
  const match = /^([01][0-9]|2[0-4]):([0-5][0-9])$/.exec(text);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minutes <= 1440))
    throw new PolicyTextError(text, 'no time of day', 'HH:MM from 00:00 to 24:00, in quotes');
  return minutes;
}

const clockField = textField({
  parse: parseClock,
  description: 'Time of day, HH:MM',
  examples: ['01:00', '18:30'],
});

export const scheduleField = z
  .strictObject({
    timezone: textField({
      parse: parseZone,
      description: 'IANA time zone',
      examples: ['Europe/Berlin', 'UTC'],
    }),
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .max(7)
      .default([...DAYS])
      .meta({ description: 'Days on which the window starts; all when left out' }),
    start: clockField,
    end: clockField.meta({ description: 'Not later than start: the window ends on the next day' }),
  })
  .superRefine(({ start, end }, context) => {
    const add = (path: string, message: string, expected: string) =>
      context.addIssue({ code: 'custom', path: [path], message: refusal(message, expected) });
    if (start === 1440) add('start', "'24:00' is only an end", '00:00');
    if (end === start)
      add('end', 'equals start: no window', 'a later time; 00:00 to 24:00 for the whole day');
  });

/** `start` and `end` in minutes since midnight; `end` < `start` means the next day. */
export type Schedule = z.output<typeof scheduleField>;
