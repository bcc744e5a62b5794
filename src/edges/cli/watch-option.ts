import { Option } from 'commander';
import { parsed } from './action.ts';

/** Often enough to see what happens, seldom enough that nobody minds. */
const EVERY_S = 2;
const MOST_S = 3_600;

export interface WatchOptions {
  /** Seconds between two looks. */
  readonly watch?: number;
}

export function watchOption(): Option {
  return new Option(
    '--watch [seconds]',
    `show it anew when something happens and every so many seconds, ${EVERY_S} unless said; q ends it`,
  )
    .argParser(parsed(seconds))
    .preset(String(EVERY_S));
}

function seconds(text: string): number {
  const number = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0.2 && number <= MOST_S) return number;
  throw new Error(`'${text}' is no number of seconds from 0.2 to ${MOST_S}`);
}
