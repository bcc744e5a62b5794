import type { Command } from 'commander';
import { CATALOGUE } from './catalogue.ts';

const ENTRIES = new Map(CATALOGUE.flatMap(({ commands }) => commands).map((each) => [each.name, each]));
const done = new WeakSet<Command>();

/** Loads what a command takes and does, once. Commands within a command come with it. */
export async function defined(command: Command): Promise<void> {
  const entry = ENTRIES.get(command.name());
  if (entry === undefined || done.has(command)) return;
  done.add(command);
  (await entry.load())(command);
  // Commander does this before it asks for a command's definition: --no-NAME alone is true unless given.
  for (const option of command.options)
    if (option.negate && command.getOptionValue(option.attributeName()) === undefined)
      command.setOptionValueWithSource(option.attributeName(), true, 'default');
}

export function isCommand(name: string): boolean {
  return ENTRIES.has(name);
}
