import { Command } from 'commander';
import type { ExitCode } from './errors.ts';
import { lookOf } from './look.ts';
import type { Surroundings } from './surroundings.ts';

/** The root of the commands: it knows what they have around them, and what came of the one that ran. */
export class ProgramCommand extends Command {
  readonly around: Surroundings;
  exitCode: 0 | ExitCode = 0;

  constructor(name: string, around: Surroundings) {
    super(name);
    this.around = around;
    const { out, err } = around;
    this.configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
      // What is wrong with the arguments is told by `run`, in JSON too.
      outputError: () => {},
      getOutHelpWidth: () => lookOf(out, around).width ?? HELP_WIDTH,
      getErrHelpWidth: () => lookOf(err, around).width ?? HELP_WIDTH,
      getOutHasColors: () => lookOf(out, around).colours,
      getErrHasColors: () => lookOf(err, around).colours,
    });
  }

  override createCommand(name?: string): Command {
    return new Command(name);
  }
}

const HELP_WIDTH = 100;

export function programOf(command: Command): ProgramCommand {
  for (let each: Command | null = command; each; each = each.parent)
    if (each instanceof ProgramCommand) return each;
  throw new Error(`${command.name()} is no part of the program`);
}
