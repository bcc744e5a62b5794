/**
 * Our rules in the place of others in a table that is there, its elements kept: one transaction, in which no block is
 * missing for a moment. It is how a new version of Penstock takes over the table of the one before.
 *
 *   flush table          all rules go
 *   delete               chains, sets, maps and counters that are not ours: nothing refers to them any more
 *   add                  all rules, and of the rest what is not there yet. A set that is filled by rules cannot be added
 *                        again: nft gives it the flag `dynamic` only when it makes it, and the kernel refuses another
 */
import { type Command, canonicalListing, type ListedObject, type Listing } from 'node-nftables';
import { TABLE } from '../sets.ts';
import { staticCommands } from './ruleset.ts';

const KINDS = ['chain', 'set', 'map', 'counter'] as const;
type Kind = (typeof KINDS)[number];

export function rulesReplaced(found: Listing, markMask: number): Command[] {
  const ours = staticCommands(markMask);
  const names = new Set(ours.flatMap((command) => ('add' in command ? named(command.add) : [])));
  const foreign = (found as readonly ListedObject[])
    .flatMap((object) => named(object))
    .filter((name) => !names.has(name));
  // Chains first: what is in a map may lead to them, but then the map goes as well, or the kernel says no.
  const ordered = KINDS.flatMap((kind) => foreign.filter((name) => name.startsWith(`${kind} `)));
  const standing = new Set(canonicalListing(found).split('\n'));
  const isThere = (command: Command) =>
    'add' in command &&
    !('rule' in command.add) &&
    standing.has(canonicalListing([command.add] as unknown as Listing).trimEnd());
  return [
    { flush: { table: { ...TABLE } } },
    ...ordered.map(deletion),
    ...ours.filter((command) => !isThere(command)),
  ];
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
