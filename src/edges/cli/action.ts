/** What commander needs of a command: an action, parsers and examples. */
import { type Command, InvalidArgumentError } from 'commander';
import { Context, type GlobalOptions } from './context.ts';
import type { ExitCode } from './errors.ts';
import { programOf } from './program-command.ts';
import type { Screen } from './screen.ts';
import type { WatchOptions } from './watch-option.ts';

/** `args` are the operands in order; `O` are the command's own options, as it declares them. */
export type Work<O> = (
  context: Context,
  args: readonly string[],
  options: O,
) => Promise<ExitCode | undefined>;

/**
 * An action for commander: the last thing it hands over is the command itself.
 *
 * @param cues with --watch: types of ledger entries after which it is shown anew at once
 */
export function doing<O extends object>(work: Work<O>, cues: readonly string[] = []) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const program = programOf(command);
    const globals = command.optsWithGlobals<GlobalOptions>();
    const options = command.opts<O & WatchOptions>();
    const once = (screen?: Screen) => {
      const context = new Context(program.around, globals, screen);
      return work(context, command.args, options);
    };
    program.exitCode = (await (options.watch === undefined ? once() : watched(once, options.watch))) ?? 0;

    async function watched(show: typeof once, everyS: number) {
      const { watch } = await import('./watch.ts');
      const context = new Context(program.around, globals);
      return watch(context, show, { everyMs: everyS * 1_000, cues, title: command.name() });
    }
  };
}

/** A parser that throws, as commander wants it: then it names the option and exits 2. */
export function parsed<T>(parse: (text: string) => T) {
  return (text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** The same, for an option that may be given many times. */
export function collected<T>(parse: (text: string) => T) {
  const one = parsed(parse);
  return (text: string, before: readonly T[] = []): T[] => [...before, one(text)];
}

/** Examples for the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ penstock ${line}`).join('\n')}`;
}
