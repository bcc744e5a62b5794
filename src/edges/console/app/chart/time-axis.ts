/** Places and words of a time axis; local time, 24 hours. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps between two marks, ms. */
const STEPS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
] as const;

export interface TimeMark {
  readonly atMs: number;
  readonly words: string;
}

/** At most `most` marks on round local times in [fromMs, toMs], the step the smallest that allows it. */
export function timeMarks(fromMs: number, toMs: number, most = 7): TimeMark[] {
  const span = toMs - fromMs;
  const step = STEPS.find((each) => span / each < most) ?? Math.ceil(span / most / DAY_MS) * DAY_MS;
  const marks: TimeMark[] = [];
  for (let atMs = firstRound(fromMs, step); atMs <= toMs; atMs = nextRound(atMs, step)) {
    marks.push({ atMs, words: markWords(atMs, step) });
  }
  return marks;
}

/** The date at midnight, else the time of day. */
export function markWords(atMs: number, stepMs: number): string {
  const at = new Date(atMs);
  const atMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return stepMs >= DAY_MS || atMidnight ? dayWords(at) : clockWords(at);
}

/** `Tue 3 Nov 14:00`. */
export function momentWords(atMs: number): string {
  const at = new Date(atMs);
  return `${DAYS[at.getDay()]} ${dayWords(at)} ${clockWords(at)}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayWords(at: Date): string {
  return `${at.getDate()} ${MONTHS[at.getMonth()]}`;
}

function clockWords(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** By the calendar from a day on: days with a change of the clock are not 24 hours long. */
function firstRound(fromMs: number, step: number): number {
  const at = new Date(fromMs);
  const midnight = new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  if (midnight === fromMs) return fromMs;
  if (step >= DAY_MS) return addDays(midnight, 1);
  return midnight + Math.ceil((fromMs - midnight) / step) * step;
}

function nextRound(atMs: number, step: number): number {
  if (step >= DAY_MS) return addDays(atMs, step / DAY_MS);
  return atMs + step;
}

function addDays(atMs: number, days: number): number {
  const at = new Date(atMs);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
}
