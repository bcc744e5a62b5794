/** Deny list files: one network a line, `#` or `;` starts a comment, empty lines count for nothing. */
import type { Prefix } from '../address/address.ts';
import { AddressError } from '../address/errors.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { ProblemList } from './problem.ts';

/** Bytes of one deny list file. */
export const MAX_FEED_BYTES = 64 * 2 ** 20;

/** Bad lines are problems, until the list of them is full; the good ones are returned. */
export function parseFeed(file: string, text: string, problems: ProblemList): Prefix[] {
  const prefixes: Prefix[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const content = raw.replace(/[#;].*/s, '').trim();
    if (content === '') continue;
    if (problems.full) break;
    try {
      prefixes.push(parsePrefix(content));
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      const place = { file, line: i + 1, column: raw.indexOf(content) + 1, field: '' };
      problems.add(place, `'${content.slice(0, 64)}' is ${error.problem}`, error.expected);
    }
  }
  return prefixes;
}
