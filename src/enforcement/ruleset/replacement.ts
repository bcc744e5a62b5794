/**
 * Our rules in the place of others in a table that is there, its elements kept: one transaction, in which no block is
 * missing for a moment. It is how a new version of Penstock takes over the table of the one before.
 *
 *   flush table          all rules go
 *   delete               chains, sets, maps and counters that are not ours: nothing refers to them any more
 *   add                  all of ours; what is there already stays as it is
 */
import type { Command, ListedObject, Listing } from 'node-nftables';
import { TABLE } from '../sets.ts';
import { staticCommands } from './ruleset.ts';

const KINDS = ['chain', 'set', 'map', 'counter'] as const;
type Kind = (typeof KINDS)[number];

export function rulesReplaced(found: Listing): Command[] {
  const ours = staticCommands();
  const names = new Set(ours.flatMap((command) => ('add' in command ? named(command.add) : [])));
  const foreign = (found as readonly ListedObject[])
    .flatMap((object) => named(object))
    .filter((name) => !names.has(name));
  // Chains first: what is in a map may lead to them, but then the map goes as well, or the kernel says no.
  const ordered = KINDS.flatMap((kind) => foreign.filter((name) => name.startsWith(`${kind} `)));
  return [{ flush: { table: { ...TABLE } } }, ...ordered.map(deletion), ...ours];
}

function named(object: object): string[] {
  return KINDS.flatMap((kind) => {
    const body = (object as Partial<Record<Kind, { name: string }>>)[kind];
    return body === undefined ? [] : [`${kind} ${body.name}`];
  });
}

function deletion(text: string): Command {
  const [kind, name] = text.split(' ') as [Kind, string];
  const thing = { family: TABLE.family, table: TABLE.name, name };
  const deletions: Record<Kind, Command> = {
    chain: { delete: { chain: thing } },
    set: { delete: { set: thing } },
    map: { delete: { map: thing } },
    counter: { delete: { counter: thing } },
  };
  return deletions[kind];
}
