/**
 * Weekly windows as spans of time.
 *
 * A window belongs to the day on which it starts and runs from the first moment its zone's clock shows `start` to the
 * first moment after that it shows `end`. Where the clock jumps over a time (spring), the jump itself is that moment;
 * where it shows a time twice (autumn), the first one counts. A window that a jump leaves no moment of is not opened.
 */
import { DAYS, type Schedule } from './schema/schedule.ts';

export interface ScheduleState {
  readonly open: boolean;
  /** The state holds from `sinceMs` up to before `untilMs`; it may hold longer, that is not looked for. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Days before and after today whose windows are looked at; a window reaches into the next day at most. */
const REACH_DAYS = 2;
const DAY_MINUTES = 1440;

export function scheduleStateAt(schedule: Schedule, atMs: number): ScheduleState {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs))
    .toZonedDateTimeISO(schedule.timezone)
    .toPlainDate();
  const midnight = (days: number) => today.add({ days }).toZonedDateTime(schedule.timezone).epochMilliseconds;
  let sinceMs = midnight(1 - REACH_DAYS);
  let untilMs = midnight(REACH_DAYS);
  let open = false;
  for (let day = -REACH_DAYS; day <= REACH_DAYS; day++) {
    const date = today.add({ days: day });
    if (!schedule.days.includes(DAYS[date.dayOfWeek - 1])) continue;
    const [start, end] = windowOf(schedule, date);
    if (start >= end) continue;
    if (start <= atMs && atMs < end) open = true;
    for (const edge of [start, end]) {
      if (edge <= atMs) sinceMs = Math.max(sinceMs, edge);
      else untilMs = Math.min(untilMs, edge);
    }
  }
  return { open, sinceMs, untilMs };
}

function windowOf({ timezone, start, end }: Schedule, date: Temporal.PlainDate): readonly [number, number] {
  const endDate = end > start ? date : date.add({ days: 1 });
  return [firstMoment(timezone, date, start), firstMoment(timezone, endDate, end)];
}

/** The first moment at which the clock shows this time of this day, or has jumped past it. */
function firstMoment(timezone: string, date: Temporal.PlainDate, minutes: number): number {
  const day = minutes < DAY_MINUTES ? date : date.add({ days: 1 });
  const clock = minutes % DAY_MINUTES;
  const wanted = day.toPlainDateTime({ hour: Math.floor(clock / 60), minute: clock % 60 });
  const moment = wanted.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  if (moment.toPlainDateTime().equals(wanted)) return moment.epochMilliseconds;
  return (moment.getTimeZoneTransition('next') ?? moment).epochMilliseconds;
}

/** For a person: `mon-fri 01:00-04:00 Europe/Berlin`. */
export function describeSchedule({ timezone, days, start, end }: Schedule): string {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `${describeDays(days)} ${clock(start)}-${clock(end)} ${timezone}`;
}

function describeDays(days: Schedule['days']): string {
  const runs: string[][] = [];
  DAYS.forEach((day, i) => {
    if (!days.includes(day)) return;
    if (i > 0 && days.includes(DAYS[i - 1])) runs.at(-1)?.push(day);
    else runs.push([day]);
  });
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',');
}
