/** What stands in the kernel for a decision: set elements with a lifetime. */

import type { ElementValue } from 'node-nftables';
import { type Address, type Family, type Prefix, parseAddress, toBytes } from '../address/address.ts';
import type { Coverage } from '../decision/coverage.ts';
import type { Decision } from '../decision/decision.ts';
import { type Subject, subjectOf } from '../decision/subject.ts';
import { macBytes } from '../neighbour/mac.ts';
import type { LongList } from './deny/long-list.ts';
import type { Lifetime, PrefixBlock } from './segments.ts';
import type { Owner, SetKind, SetName } from './sets.ts';

/**
 * One element. `key` is the set's key as the kernel has it: the fields in network order, each padded to four bytes.
 * For an interval `keyEnd` is the last key of the range, included.
 */
export interface KernelElement extends Lifetime {
  readonly set: SetName;
  /** Set name and key as text: equal for equal elements. */
  readonly id: string;
  readonly key: Uint8Array;
  readonly keyEnd?: Uint8Array;
  /** Maps only. */
  readonly value?: ElementValue;
}

/** One of a set without intervals. Its id is text that few ask for: it is made then. */
export class PlainElement implements KernelElement {
  readonly set: SetName;
  readonly key: Uint8Array;
  readonly timeoutMs: number;
  readonly expiresAtMs: number;

  constructor(set: SetName, key: Uint8Array, timeoutMs: number, expiresAtMs: number) {
    this.set = set;
    this.key = key;
    this.timeoutMs = timeoutMs;
    this.expiresAtMs = expiresAtMs;
  }

  get id(): string {
    return elementId(this.set, this.key);
  }
}

/** The life time of an element of a set without timeouts: it stays. */
export const STAYS: Lifetime = {
  timeoutMs: Number.POSITIVE_INFINITY,
  expiresAtMs: Number.POSITIVE_INFINITY,
};

/** Who decides what is in the sets of one owner (see sets.ts). */
export interface Holder {
  readonly owner: Owner;
  /** All that should stand, each once. */
  elements(nowMs: number): Iterable<KernelElement>;
  /** The one with this id, if it should stand. */
  find(id: string, nowMs: number): KernelElement | undefined;
  /** Of a holder of very many: all that stands in the end, by set, and the same even when it is read later. */
  lists?(): readonly LongList[];
  /** Of such a holder: how many {@link elements} gives. */
  readonly length?: number;
  /**
   * For a holder of very many, who compares a set in a way of its own: what has to be done so that the kernel holds what
   * should stand. `isRoutine`: nothing is known to have been touched; then it may look another time (undefined).
   * `later`: too much for one transaction; the holder does it step by step, and this is what there is to say.
   * @throws EnforcementError
   */
  difference?(
    set: SetName,
    isRoutine: boolean,
  ): { readonly add: KernelElement[]; readonly remove: KernelElement[]; readonly later?: string } | undefined;
}

/** A range of addresses in one of the interval sets of `blocks`. */
export interface RangeClaim extends PrefixBlock {
  readonly kind: 'prefix' | 'exception' | 'reachable';
  /** The fields of the key before the range: an address, a link-layer address, or none. */
  readonly who: readonly number[];
}

/** What one decision asks of the kernel. Ranges of several decisions are first cut into segments (range-claims.ts). */
export interface Contribution {
  readonly elements: readonly KernelElement[];
  readonly ranges: readonly RangeClaim[];
}

const NO_RANGES: readonly RangeClaim[] = [];
export const NOTHING: Contribution = { elements: [], ranges: NO_RANGES };

/** A decision that does not stand in the kernel contributes nothing. `subject`: of its target. */
export function contributionOf(decision: Decision, subject = subjectOf(decision.target)): Contribution {
  const lifetime = lifetimeOf(decision);
  if (lifetime === undefined) return NOTHING;
  switch (subject.kind) {
    case 'host':
      return quarantine(subject, decision.coverage, lifetime);
    case 'flow':
      return { elements: [flowElement(subject, lifetime)], ranges: NO_RANGES };
    case 'destination':
      return destination(subject.network, lifetime);
  }
}

function destination(prefix: Prefix, lifetime: Lifetime): Contribution {
  if (!isSingle(prefix)) return { elements: [], ranges: [{ kind: 'prefix', who: [], prefix, ...lifetime }] };
  const { address } = prefix;
  const key = new Uint8Array(addressBytes(address));
  putAddress(key, 0, address);
  const set = address.family === 4 ? 'destination4' : 'destination6';
  return { elements: [plain(set, key, lifetime)], ranges: NO_RANGES };
}

/** Provisional: until the answer is due. Active: the ttl. */
function lifetimeOf(decision: Decision): Lifetime | undefined {
  const { state, expiresAtMs, answerByMs, createdAtMs, ttlMs } = decision;
  if (expiresAtMs === null) return undefined;
  if (state === 'active') return { timeoutMs: ttlMs, expiresAtMs };
  if (state === 'provisional' && answerByMs !== null)
    return { timeoutMs: answerByMs - createdAtMs, expiresAtMs };
  return undefined;
}

function flowElement(
  { host, network, service: { protocol, port } }: Extract<Subject, { kind: 'flow' }>,
  lifetime: Lifetime,
): KernelElement {
  const isPair = port === null;
  const end = 2 * addressBytes(host);
  const key = new Uint8Array(end + (isPair ? 4 : 8));
  putAddress(key, putAddress(key, 0, host), network.address);
  key[end] = protocol;
  if (isPair) return plain(host.family === 4 ? 'pair4' : 'pair6', key, lifetime);
  key[end + 4] = port >> 8;
  key[end + 5] = port & 255;
  return plain(host.family === 4 ? 'flow4' : 'flow6', key, lifetime);
}

function plain(set: SetName, key: Uint8Array, { timeoutMs, expiresAtMs }: Lifetime): KernelElement {
  return new PlainElement(set, key, timeoutMs, expiresAtMs);
}

function addressBytes({ family }: Address): 4 | 16 {
  return family === 4 ? 4 : 16;
}

/** @returns where it ends */
function putAddress(key: Uint8Array, at: number, { family, a, b, c, d }: Address): number {
  return putWord(key, family === 4 ? at : putWord(key, putWord(key, putWord(key, at, a), b), c), d);
}

function putWord(key: Uint8Array, at: number, word: number): number {
  key[at] = word >>> 24;
  key[at + 1] = word >>> 16;
  key[at + 2] = word >>> 8;
  key[at + 3] = word;
  return at + 4;
}

/** The host by each of its addresses, and by its stations; each may reach the exceptions. */
function quarantine(
  { host, allowTo }: Extract<Subject, { kind: 'host' }>,
  coverage: Coverage | undefined,
  lifetime: Lifetime,
): Contribution {
  const addresses = [host, ...(coverage?.addresses ?? []).map(parseAddress)];
  const stations = (coverage?.stations ?? [])
    .map(({ mac }) => macBytes(mac))
    .filter((mac) => mac !== undefined);
  const exceptions = addresses.flatMap((address) =>
    allowTo
      .filter((prefix) => prefix.address.family === address.family)
      .map((prefix): RangeClaim => ({ kind: 'exception', who: toBytes(address), prefix, ...lifetime })),
  );
  const reachable = stations.flatMap((who) =>
    allowTo.map((prefix): RangeClaim => ({ kind: 'reachable', who, prefix, ...lifetime })),
  );
  return {
    elements: [
      ...addresses.map((address) => element('quarantine', address.family, [toBytes(address)], lifetime)),
      ...stations.map((station) => stationElement(station, lifetime)),
    ],
    ranges: [...exceptions, ...reachable],
  };
}

function stationElement(station: readonly number[], lifetime: Lifetime): KernelElement {
  // The key of a set with one field is not padded.
  return plain('station', Uint8Array.from(station), lifetime);
}

export function element(
  kind: SetKind,
  family: Family,
  fields: readonly (readonly number[])[],
  lifetime: Lifetime,
  lastFields?: readonly (readonly number[])[],
): KernelElement {
  const set: SetName = `${kind}${family}`;
  const key = concatenate(fields);
  if (lastFields === undefined) return plain(set, key, lifetime);
  const { timeoutMs, expiresAtMs } = lifetime;
  const keyEnd = concatenate(lastFields);
  return { set, id: elementId(set, key, keyEnd), key, keyEnd, timeoutMs, expiresAtMs };
}

export function elementId(set: string, key: Uint8Array, keyEnd?: Uint8Array): string {
  return keyEnd ? `${set} ${key.toHex()}-${keyEnd.toHex()}` : `${set} ${key.toHex()}`;
}

/** Each field starts on a multiple of four bytes (nft concatenations, `man nft`). */
function concatenate(fields: readonly (readonly number[])[]): Uint8Array {
  let length = 0;
  for (const field of fields) length += padded(field.length);
  const key = new Uint8Array(length);
  let at = 0;
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) key[at + i] = field[i];
    at += padded(field.length);
  }
  return key;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function isSingle({ address, length }: Prefix): boolean {
  return length === (address.family === 4 ? 32 : 128);
}
