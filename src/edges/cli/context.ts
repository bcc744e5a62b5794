/** What every command has at hand, and how its outcome becomes an exit code. */
import { type Command, InvalidArgumentError } from 'commander';
import { Client } from './client.ts';
import { stateDirOf } from './connection.ts';
import type { ExitCode } from './errors.ts';
import { Screen } from './screen.ts';

interface GlobalOptions {
  readonly json?: boolean;
  readonly stateDir?: string;
}

export class Context {
  readonly screen: Screen;
  readonly stateDir: string;
  #client: Client | undefined;

  constructor({ json = false, stateDir }: GlobalOptions) {
    this.screen = new Screen({ json });
    this.stateDir = stateDirOf({ stateDir });
  }

  /** Looks for the daemon when it is first asked for. */
  get client(): Client {
    this.#client ??= Client.find({ stateDir: this.stateDir });
    return this.#client;
  }
}

/** `args` are the operands in order; `O` are the command's own options, as it declares them. */
type Work<O> = (context: Context, args: readonly string[], options: O) => Promise<ExitCode | undefined>;

/** An action for commander: the last thing it hands over is the command itself. */
export function doing<O extends object>(work: Work<O>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const context = new Context(command.optsWithGlobals<GlobalOptions>());
    process.exitCode = (await work(context, command.args, command.opts<O>())) ?? 0;
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
