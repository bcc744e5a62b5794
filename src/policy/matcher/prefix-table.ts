/**
 * Which groups hold an address: longest-prefix matching for many overlapping groups at once.
 *
 * Networks nest or are apart, so walking them in order with a stack cuts the address space into intervals in which
 * the same groups hold. Intervals with the same groups share a class:
 *
 *   cidrs    |------- g0 -------|            address -> interval (interval-index.ts)
 *   cidrs        |-- g1 --|                          -> class of the interval -> groups of the class
 *   except           |g0|
 *   class  0 |1  |2  |3 |2|1    |0 ...
 *
 * Looking up costs a few steps and allocates nothing. Memory is linear in the number of networks, whatever their
 * overlaps: the groups of a class are not stored but read off the chain of networks around one of its intervals.
 */
import { randomFillSync } from 'node:crypto';
import type { Address, Family, Prefix } from '../../address/address.ts';
import { comparePrefixes, lastAddress } from '../../address/prefix.ts';
import type { AddressRanges } from '../../address/ranges.ts';
import { type IntervalIndex, IntervalList } from './interval-index.ts';

export interface PrefixGroup {
  readonly cidrs: readonly Prefix[];
  readonly except: readonly Prefix[];
}

/** Class of an address that no group holds. */
export const NO_CLASS = 0;

interface Mention {
  readonly prefix: Prefix;
  readonly group: number;
  readonly except: boolean;
}

/** One distinct network: what is said of it, and the network around it. */
interface Node {
  readonly mentions: readonly Mention[];
  readonly last: Address;
  readonly parent: Node | undefined;
}

/** The groups that hold in one interval. */
interface State {
  readonly key: string;
  readonly node: Node | undefined;
}

export class PrefixTable {
  readonly #ipv4: IntervalIndex;
  readonly #ipv6: IntervalIndex;
  /** Innermost network of one interval of each class. */
  readonly #nodes: readonly (Node | undefined)[];

  constructor(groups: readonly PrefixGroup[]) {
    const classes = new ClassRegister(groups.length);
    const mentions = groups.flatMap(({ cidrs, except }, group) => [
      ...cidrs.map((prefix) => ({ prefix, group, except: false })),
      ...except.map((prefix) => ({ prefix, group, except: true })),
    ]);
    this.#ipv4 = indexFamily(4, mentions, classes);
    this.#ipv6 = indexFamily(6, mentions, classes);
    this.#nodes = classes.nodes;
  }

  get classes(): number {
    return this.#nodes.length;
  }

  classOf(address: Address): number {
    return address.family === 4 ? this.#ipv4.find4(address) : this.#ipv6.find6(address);
  }

  /** All addresses of some classes. */
  ranges(family: Family, wanted: (classId: number) => boolean): AddressRanges {
    return this.index(family).ranges(family, wanted);
  }

  /** Intervals of the whole address space; values are classes. */
  index(family: Family): IntervalIndex {
    return family === 4 ? this.#ipv4 : this.#ipv6;
  }

  /** Groups that hold the addresses of a class, in order. */
  groupsOf(classId: number): number[] {
    const innermost = this.#nodes[classId];
    if (innermost === undefined) return [];
    // Most networks are named once and lie in no other.
    const [first, ...others] = innermost.mentions;
    if (innermost.parent === undefined && others.length === 0) return first.except ? [] : [first.group];
    const held = new Set<number>();
    const excepted = new Set<number>();
    for (let node = this.#nodes[classId]; node; node = node.parent) {
      for (const { group, except } of node.mentions) (except ? excepted : held).add(group);
    }
    return [...held.difference(excepted)].sort((x, y) => x - y);
  }
}

/**
 * Gives every distinct set of groups a number. A set is known by the XOR of random 96-bit values of its groups,
 * which changes by one step when a group comes or goes; two sets meet by chance less than once in 2^60 policies.
 */
class ClassRegister {
  readonly nodes: (Node | undefined)[] = [undefined];
  readonly #ids = new Map<string, number>([[keyOf(NO_GROUPS), NO_CLASS]]);
  readonly #random: Uint32Array;
  readonly #held: Uint32Array;
  readonly #excepted: Uint32Array;
  readonly #sum = new Int32Array(3);

  constructor(groups: number) {
    this.#random = new Uint32Array(groups * 3);
    for (let i = 0; i < groups * 3; i += 16_384) randomFillSync(this.#random.subarray(i, i + 16_384));
    this.#held = new Uint32Array(groups);
    this.#excepted = new Uint32Array(groups);
  }

  /** Enter (+1) or leave (-1) a network. */
  step({ mentions }: Node, by: 1 | -1): void {
    for (const { group, except } of mentions) {
      const before = this.#holds(group);
      (except ? this.#excepted : this.#held)[group] += by;
      if (this.#holds(group) !== before) this.#flip(group);
    }
  }

  #holds(group: number): boolean {
    return this.#held[group] > 0 && this.#excepted[group] === 0;
  }

  #flip(group: number): void {
    for (let i = 0; i < 3; i++) this.#sum[i] ^= this.#random[group * 3 + i];
  }

  /** The groups that hold now, as a key; `node` is the innermost network. */
  state(node: Node | undefined): State {
    return { key: keyOf(this.#sum), node };
  }

  classOf({ key, node }: State): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.nodes.push(node) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }
}

const NO_GROUPS = new Int32Array(3);

/** 16 bits a character: a third of the time that the numbers take as digits. */
function keyOf([a, b, c]: Int32Array): string {
  return String.fromCharCode(a & 0xffff, a >>> 16, b & 0xffff, b >>> 16, c & 0xffff, c >>> 16);
}

function indexFamily(family: Family, all: readonly Mention[], classes: ClassRegister): IntervalIndex {
  const mentions = all.filter(({ prefix }) => prefix.address.family === family);
  mentions.sort((x, y) => comparePrefixes(x.prefix, y.prefix));
  let top: Node | undefined;
  const intervals = new IntervalList<State>(family, classes.state(top));
  const leave = (node: Node) => {
    classes.step(node, -1);
    top = node.parent;
    intervals.startAfter(node.last, classes.state(top));
  };
  for (let i = 0; i < mentions.length; ) {
    const { prefix } = mentions[i];
    let end = i + 1;
    while (end < mentions.length && comparePrefixes(mentions[end].prefix, prefix) === 0) end++;
    while (top && before(top.last, prefix.address)) leave(top);
    top = { mentions: mentions.slice(i, end), last: lastAddress(prefix), parent: top };
    classes.step(top, 1);
    intervals.startAt(prefix.address, classes.state(top));
    i = end;
  }
  while (top) leave(top);
  return intervals.index((state) => classes.classOf(state));
}

function before(x: Address, y: Address): boolean {
  return (x.a - y.a || x.b - y.b || x.c - y.c || x.d - y.d) < 0;
}
