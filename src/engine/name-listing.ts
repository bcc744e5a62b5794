/** The names that are known, for a person: which addresses, until when, by which rules, and who else is there. */
import { formatAddress } from '../address/address.ts';
import type { NameLink } from '../names/name-book.ts';
import type { Policy } from '../policy/policy.ts';
import type { NamesCounters, NamesKeeper } from './names-keeper.ts';

export interface NameFilter {
  /** This one only; null: all. */
  name: string | null;
  /** `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface NameListing {
  names: NameView[];
  /** All that are known; more than listed when the list was cut. */
  known: number;
  truncated: boolean;
  /** Where to read on; null: this is the last page. */
  next: string | null;
  /** null: the policy has no names. */
  watching: NamesWatching | null;
}

export interface NameView {
  name: string;
  /** Ids of the rules that allow it, in the policy's order. */
  rules: string[];
  addresses: NamedAddress[];
}

export interface NamedAddress {
  address: string;
  /** Kept beyond that while a connection to it lives, or when it is answered again. Ms since the epoch. */
  untilMs: number;
  /** Other names that stand for it: whoever may reach this name reaches those there too. */
  sharedWith: string[];
}

export interface NamesWatching {
  resolvers: string[];
  whenDown: 'pass' | 'hold';
  /** How packets come to us: the expression of nf_tables, or the target of x_tables. */
  means: 'expression' | 'target' | null;
  counters: NamesCounters;
  /** Why nothing is learnt. */
  error?: string;
}

/** More would not be read. */
const MAX_SHARED = 8;

export function listNames(
  keeper: NamesKeeper,
  policy: Policy,
  { name, after = '', limit }: NameFilter,
): NameListing {
  const known = keeper.book.names().filter((each) => name === null || each === name);
  const left = known.filter((each) => each > after).sort();
  const shown = left.slice(0, limit);
  return {
    names: shown.map((each) => ({
      name: each,
      rules: rulesOf(policy, keeper.book.setsOf(each)),
      addresses: keeper.book.linksOf(each).map((link) => addressOf(keeper, link)),
    })),
    known: known.length,
    truncated: shown.length < left.length,
    next: shown.length < left.length ? (shown.at(-1) ?? null) : null,
    watching: watching(keeper, policy),
  };
}

function addressOf({ book }: NamesKeeper, { name, address, untilMs }: NameLink): NamedAddress {
  const others = book.namesOf(address).filter((each) => each !== name);
  return { address: formatAddress(address), untilMs, sharedWith: others.slice(0, MAX_SHARED) };
}

function rulesOf({ addressSets, rules }: Policy, sets: readonly number[]): string[] {
  const names = new Set(sets.map((set) => addressSets[set].name));
  return rules.filter(({ to }) => to.sets.some((set) => names.has(set))).map(({ id }) => id);
}

function watching(keeper: NamesKeeper, { names }: Policy): NamesWatching | null {
  if (names === null) return null;
  const { failure, counters, means } = keeper;
  return {
    resolvers: names.resolvers.map(({ address, length }) => `${formatAddress(address)}/${length}`),
    whenDown: names.whenDown,
    means: means ?? null,
    counters,
    ...(failure !== undefined && { error: failure }),
  };
}
