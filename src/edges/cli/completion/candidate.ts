/** What a word could become. */
import { plain } from '../plain-text.ts';
import { cut } from '../text-width.ts';

export interface Candidate {
  readonly value: string;
  /** For shells that show it; may be empty. */
  readonly about: string;
}

/** The shell itself completes names of files or folders. */
export type Completed = readonly Candidate[] | ':files' | ':dirs';

const MOST = 200;
const LONGEST_ABOUT = 70;
/**
 * Nothing that a shell takes for more than letters: what is completed stands on the command line as if it had been
 * typed, and names of hosts are what strangers made of them.
 */
const SAFE = /^[\w.:@%+,/-]{1,200}$/;

/** A line each: the value, a tab, and what it is. */
export function lines(completed: Completed, word: string, before: string): string {
  if (typeof completed === 'string') return `${completed}\n`;
  return completed
    .filter(({ value }) => SAFE.test(value) && value.startsWith(word))
    .slice(0, MOST)
    .map(({ value, about }) => `${before}${value}\t${cut(plain(about), LONGEST_ABOUT)}\n`)
    .join('');
}
