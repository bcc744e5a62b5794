/**
 * `penstock __complete WORDS...`, which the scripts of completion/scripts.ts ask. Own code, not a library: tabtab and
 * omelette are no longer kept up, @bomb.sh/tab is at 0.0.x and needs every command loaded before it begins. What is left
 * after commander's own description of the commands is little.
 */
import type { ProgramCommand } from '../program-command.ts';
import { lines } from './candidate.ts';
import { candidates } from './candidates.ts';
import { readCommandLine } from './command-line.ts';

/** Somebody waits for it with a finger on a key: with the start of the command, 0.3 s at most. */
const WITHIN_MS = 200;

/** Writes the candidates. Says nothing else, whatever is wrong. */
export async function complete(
  program: ProgramCommand,
  words: readonly string[],
  withinMs = WITHIN_MS,
): Promise<0> {
  const { around } = program;
  const line = await readCommandLine(program, words);
  around.out.write(lines(await candidates(line, around, withinMs), line.word, line.before));
  return 0;
}
