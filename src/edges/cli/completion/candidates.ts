import type { Argument, Command, Option } from 'commander';
import { Context } from '../context.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Candidate, Completed } from './candidate.ts';
import { type CommandLine, optionsOf } from './command-line.ts';
import { SOURCES, type Source } from './sources.ts';

/** Where operands come from, by command; those that are files are known by their name. */
const OPERANDS: Readonly<Record<string, Source>> = {
  ...{ approve: 'answerable', reject: 'answerable', revoke: 'standing', decisions: 'decisions' },
  ...{ incidents: 'incidents', close: 'openIncidents' },
  ...{ suppressions: 'suppressions', unsuppress: 'activeSuppressions' },
  ...{ revisions: 'revisions', rollback: 'revisions', confirm: 'trial' },
  ...{ hosts: 'hosts', quarantine: 'hosts', names: 'names' },
  ...{ 'token revoke': 'tokens', 'alerts test': 'sinks', 'evidence get': 'incidents' },
};

const OPTIONS: Readonly<Record<string, Source>> = {
  ...{ '--incident': 'incidents', '--decision': 'standing', '--host': 'hosts', '--rule': 'rules' },
  ...{ '--from': 'revisions', '--to': 'revisions' },
};

/** Names of arguments and of what options take. */
const FILES = ['file', 'flows', 'captures', 'bundle'];
const FOLDERS = ['dir', 'folder'];

/** @param withinMs how long the daemon may take */
export async function candidates(
  line: CommandLine,
  around: Surroundings,
  withinMs: number,
): Promise<Completed> {
  const { command, taking, word, operands } = line;
  const asked: Asked = (source) => fromDaemon(source, new Context(around, line.globals), withinMs);
  if (taking) return valuesOf(taking, asked);
  if (word.startsWith('-')) return optionCandidates(line);
  if (command.commands.length > 0 && operands.length === 0) return commandCandidates(command);
  return operandCandidates(line, asked);
}

function commandCandidates(command: Command): Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((each) => ({ value: each.name(), about: each.description() }));
}

function optionCandidates({ command, given }: CommandLine): Candidate[] {
  return [...optionsOf(command), { long: '--help', description: 'display help', hidden: false } as Option]
    .filter((option) => !option.hidden && (option.variadic || !given.has(option)))
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
}

async function valuesOf(option: Option, asked: Asked): Promise<Completed> {
  if (option.argChoices) return option.argChoices.map((value) => ({ value, about: '' }));
  const taken = /<([^>.]+)/.exec(option.flags)?.[1] ?? '';
  return named(taken) ?? asked(OPTIONS[option.long ?? '']);
}

async function operandCandidates({ command, operands }: CommandLine, asked: Asked): Promise<Completed> {
  const argument = argumentAt(command, operands.length);
  if (argument === undefined) return [];
  if (argument.argChoices) return argument.argChoices.map((value) => ({ value, about: '' }));
  return named(argument.name()) ?? asked(OPERANDS[pathOf(command)]);
}

function argumentAt({ registeredArguments }: Command, place: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[place] ?? (last?.variadic ? last : undefined);
}

function named(name: string): Completed | undefined {
  if (FILES.includes(name) || name.endsWith('file')) return ':files';
  return FOLDERS.includes(name) ? ':dirs' : undefined;
}

/** `token revoke`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

type Asked = (source: Source | undefined) => Promise<readonly Candidate[]>;

/** Nothing, when there is no daemon or it takes too long: a person who presses a key wants no error message. */
async function fromDaemon(source: Source | undefined, context: Context, withinMs: number) {
  if (source === undefined) return [];
  try {
    return await SOURCES[source](await context.api(), { signal: AbortSignal.timeout(withinMs) });
  } catch {
    return [];
  }
}
