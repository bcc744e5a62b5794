/**
 * Names in a policy's tests. Nobody asks a resolver: an address stands in for each, of which the policy says nothing by
 * itself, so that what allows it is the name, or a rule that allows any address.
 */
import { type Address, type Family, ipv6, parseAddress, sameAddress } from '../address/address.ts';
import { NamePatterns } from './name-patterns.ts';
import type { NameSource } from './names.ts';
import type { Policy } from './policy.ts';
import type { Verdict } from './verdict.ts';

const NONE: readonly number[] = [];
/** Far apart, so that few policies name the networks of all. */
const CANDIDATES = 64;

export class ProbeNames implements NameSource {
  readonly #patterns: NamePatterns;
  #standIn: Address | undefined;
  #sets: readonly number[] = NONE;

  constructor({ addressSets }: Policy) {
    this.#patterns = new NamePatterns(addressSets.map(({ fqdns }) => fqdns));
  }

  setsOf(address: Address): readonly number[] {
    return this.#standIn !== undefined && sameAddress(address, this.#standIn) ? this.#sets : NONE;
  }

  /** From now on an address stands for this name and no other one. `judge`: by the policy without names. */
  standInFor(name: string, family: Family, judge: (address: Address) => Verdict): Address {
    this.#standIn = undefined;
    const address = unnamed(candidates(family), judge);
    this.#standIn = address;
    this.#sets = this.#patterns.match(name);
    return address;
  }
}

/** The first that no rule allows and no list denies; where any rule allows any, one that is allowed. */
function unnamed(addresses: readonly Address[], judge: (address: Address) => Verdict): Address {
  const judged = addresses.map((address) => ({ address, verdict: judge(address) }));
  const found =
    judged.find(({ verdict }) => verdict.kind === 'deny' && verdict.cause !== 'denyList') ??
    judged.find(({ verdict }) => verdict.kind === 'allow');
  return (found ?? judged[0]).address;
}

function candidates(family: Family): Address[] {
  return Array.from({ length: CANDIDATES }, (_, i) =>
    family === 4
      ? parseAddress(`${11 + 3 * i}.${(i * 89) % 256}.${(i * 151 + 77) % 256}.201`)
      : ipv6((0x20000000 + i * 0x7c35a1) >>> 0, (i * 0x9e3779b1) >>> 0, 0x5eed, 0xc9),
  );
}
