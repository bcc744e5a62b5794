/**
 * What nft printed, as an error. libnftables gives neither errno nor structure; JSON commands get lines such as
 *
 *   internal:0:0-0: Error: Could not process rule: Device or resource busy
 *   internal:0:0-0: Error: No such file or directory; did you mean chain `base' in table inet `t'?
 *   internal:0:0-0: Error: Unknown statement object 'bogus'.
 *   internal:0:0-0: Error: Parsing command array at index 2 failed.
 *   netlink: Error: cache initialization failed: Operation not permitted
 *
 * whose positions say nothing, except for the index. The words after a colon are strerror(3)'s.
 */
import koffi from 'koffi';
import { EEXIST, type NftablesFailure } from '../errors.ts';

/** Errors that nft finds before the kernel would, in its own words. */
const OWN_WORDS: ReadonlyMap<string, number> = new Map([
  ['interval overlaps with an existing one', EEXIST],
  ['conflicting intervals specified', EEXIST],
]);
const MAX_ERRNO = 133;

let words: ReadonlyMap<string, number> | undefined;

export function failureOf(operation: string, output: string): NftablesFailure {
  const problems = [...output.matchAll(/Error: (.+)/g)].map(([, text]) => text);
  const problem = problems[0] ?? (output.trim() || 'nft failed without a word');
  const errno = errnoOf(problem);
  const index = /Parsing command array at index (\d+) failed/.exec(output)?.[1];
  return {
    operation,
    problem,
    output,
    ...(errno === undefined ? { code: 'NFTABLES_REJECTED' } : { errno }),
    ...(index !== undefined && { index: Number(index) }),
  };
}

function errnoOf(problem: string): number | undefined {
  words ??= errnoWords();
  for (const part of problem.split(/: |; | \(/)) {
    const errno = words.get(part);
    if (errno !== undefined) return errno;
  }
  return undefined;
}

/** From the same C library and locale that nft takes its words from. */
function errnoWords(): ReadonlyMap<string, number> {
  const strerror: (errno: number) => string = koffi
    .load('libc.so.6')
    .func('const char *strerror(int errnum)');
  const found = new Map(OWN_WORDS);
  for (let errno = 1; errno <= MAX_ERRNO; errno++) found.set(strerror(errno), errno);
  return found;
}
