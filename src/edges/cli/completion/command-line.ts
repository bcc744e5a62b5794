/** What stands on a command line so far, and what is being typed. */
import type { Command, Option } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { defined } from '../definition.ts';
import type { ProgramCommand } from '../program-command.ts';

export interface CommandLine {
  /** The innermost command that is named. */
  readonly command: Command;
  /** Its operands before the word. */
  readonly operands: readonly string[];
  /** Options before the word. */
  readonly given: ReadonlySet<Option>;
  /** The option whose value the word is. */
  readonly taking: Option | undefined;
  /** What is typed of the word, without `--option=`. */
  readonly word: string;
  /** What of the word goes before a candidate: `--option=`, or nothing. */
  readonly before: string;
  readonly globals: GlobalOptions;
}

/** @param words after the program's own name; the last is being typed and may be empty */
export async function readCommandLine(
  program: ProgramCommand,
  words: readonly string[],
): Promise<CommandLine> {
  const typed = words.at(-1) ?? '';
  let command: Command = program;
  let taking: Option | undefined;
  const operands: string[] = [];
  const given = new Set<Option>();
  const globals: Record<string, string> = {};
  for (const word of words.slice(0, -1)) {
    if (taking) {
      globals[taking.attributeName()] = word;
      taking = undefined;
      continue;
    }
    const option = optionNamed(command, word);
    if (option) {
      given.add(option);
      const value = /^--[^=]+=(.*)$/.exec(word)?.[1];
      if (value !== undefined) globals[option.attributeName()] = value;
      else if (option.required) taking = option;
      continue;
    }
    const inner = operands.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (inner) {
      command = inner;
      await defined(command);
    } else if (!word.startsWith('-')) operands.push(word);
  }
  const equals = /^(--[^=]+=)(.*)$/.exec(typed);
  const named = equals && optionNamed(command, typed);
  const { stateDir, url, config } = globals;
  return {
    command,
    operands,
    given,
    taking: taking ?? named ?? undefined,
    word: named ? (equals[2] ?? '') : typed,
    before: named ? (equals[1] ?? '') : '',
    globals: { ...(stateDir && { stateDir }), ...(url && { url }), ...(config && { config }) },
  };
}

/** Its own and those of the commands around it. */
export function optionsOf(command: Command): Option[] {
  const own = [...command.options];
  return command.parent ? [...own, ...optionsOf(command.parent)] : own;
}

function optionNamed(command: Command, word: string): Option | undefined {
  const name = word.split('=', 1)[0] as string;
  return optionsOf(command).find(({ long, short }) => name === long || name === short);
}
