/** The names that are known, for a person: which addresses, until when, by which rules, and who else is there. */
import { formatAddress } from '../address/address.ts';
import { Foremost } from '../flow/foremost.ts';
import type { NameLink } from '../names/name-book.ts';
import type { Policy } from '../policy/policy.ts';
import type { Job } from './job.ts';
import type { NamesCounters, NamesKeeper } from './names-keeper.ts';

type Names = Pick<NamesKeeper, 'book' | 'counters' | 'failure' | 'means'>;

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

/** Looked at between two pauses. */
const NAMES_A_PIECE = 64;
/** A page ends with the name that makes it so many: they are sent in one piece. */
const ADDRESSES_A_PAGE = 500;

/** Found and written between the kernel's events, as flows are (flow-listing.ts); a page may come short. */
export function* listNames(
  keeper: Names,
  policy: Policy,
  { name, after = '', limit }: NameFilter,
): Job<NameListing> {
  const { book } = keeper;
  const known = name === null ? book.names() : book.linksOf(name).length > 0 ? [name] : [];
  const found = yield* namesBehind(known, after, limit + 1);
  const shown = found.slice(0, limit);
  const names: NameView[] = [];
  let addresses = 0;
  let last: string | undefined;
  for (last of shown) {
    yield;
    const links = book.linksOf(last);
    // None: it was forgotten meanwhile.
    if (links.length === 0) continue;
    const rules = rulesOf(policy, book.setsOf(last));
    names.push({ name: last, rules, addresses: links.map((link) => addressOf(keeper, link)) });
    addresses += links.length;
    if (addresses >= ADDRESSES_A_PAGE) break;
  }
  const next = last !== undefined && last !== found.at(-1) ? last : null;
  return { names, known: known.length, truncated: next !== null, next, watching: watching(keeper, policy) };
}

function* namesBehind(known: readonly string[], after: string, limit: number): Generator<void, string[]> {
  const first = new Foremost<string>(limit, (one, other) => (one < other ? -1 : 1));
  for (const [n, each] of known.entries()) {
    if (n % NAMES_A_PIECE === 0) yield;
    if (each > after) first.add(each);
  }
  return first.inOrder();
}

function addressOf({ book }: Names, { name, address, untilMs }: NameLink): NamedAddress {
  const others = book.namesOf(address).filter((each) => each !== name);
  return { address: formatAddress(address), untilMs, sharedWith: others.slice(0, MAX_SHARED) };
}

function rulesOf({ addressSets, rules }: Policy, sets: readonly number[]): string[] {
  const names = new Set(sets.map((set) => addressSets[set].name));
  return rules.filter(({ to }) => to.sets.some((set) => names.has(set))).map(({ id }) => id);
}

function watching(keeper: Names, { names }: Policy): NamesWatching | null {
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
