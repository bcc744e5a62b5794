/** Commands as the text that libnftables takes. */
import { type Addition, type Command, flagList } from '../document/index.ts';

/** A dry run of this succeeds only in a version that does not look at the flags of a table. */
export const TABLE_FLAGS_PROBE = JSON.stringify({
  nftables: [{ add: { table: { family: 'inet', name: 'probe', flags: ['no-such-flag'] } } }],
});

export function encodeCommands(commands: readonly Command[]): string {
  return JSON.stringify({ nftables: commands.map(withFlagLists) });
}

export function hasTableFlags(commands: readonly Command[]): boolean {
  return commands.some((command) => {
    const added = additionOf(command);
    return added !== undefined && 'table' in added && flagList(added.table.flags).length > 0;
  });
}

function additionOf(command: Command): Addition | undefined {
  if ('add' in command) return command.add;
  return 'create' in command ? command.create : undefined;
}

function withFlagLists(command: Command): Command {
  if ('add' in command) return { add: withFlagList(command.add) };
  if ('create' in command) return { create: withFlagList(command.create) };
  return command;
}

function withFlagList(added: Addition): Addition {
  if ('set' in added) return { set: { ...added.set, flags: flagList(added.set.flags) } };
  if ('map' in added) return { map: { ...added.map, flags: flagList(added.map.flags) } };
  return added;
}
