/** What stands in the kernel for a decision: set elements with a lifetime. */

import type { ElementValue } from 'node-nftables';
import { type Address, type Family, type Prefix, parseAddress, toBytes } from '../address/address.ts';
import { lastAddress, parsePrefix, prefixContains } from '../address/prefix.ts';
import type { Decision, Target } from '../decision/decision.ts';
import { type Lifetime, numberBytes, type PrefixBlock, type Segment } from './segments.ts';
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

/** The life time of an element of a set without timeouts: it stays. */
export const STAYS: Lifetime = {
  timeoutMs: Number.POSITIVE_INFINITY,
  expiresAtMs: Number.POSITIVE_INFINITY,
};

/** Who decides what is in the sets of one owner (see sets.ts). */
export interface Holder {
  readonly owner: Owner;
  /** All that should stand. */
  elements(nowMs: number): Iterable<KernelElement>;
  /** The one with this id, if it should stand. */
  find(id: string, nowMs: number): KernelElement | undefined;
}

/** What one decision asks of the kernel. Prefixes of several decisions are first cut into segments. */
export interface Contribution {
  readonly elements: readonly KernelElement[];
  readonly prefixes: readonly PrefixBlock[];
}

export const NOTHING: Contribution = { elements: [], prefixes: [] };

/** A decision that does not stand in the kernel contributes nothing. */
export function contributionOf(decision: Decision): Contribution {
  const lifetime = lifetimeOf(decision);
  if (lifetime === undefined) return NOTHING;
  const { target } = decision;
  if (target.kind !== 'destination') return { elements: hostElements(target, lifetime), prefixes: [] };
  const prefix = parsePrefix(target.prefix);
  if (!isSingle(prefix)) return { elements: [], prefixes: [{ prefix, ...lifetime }] };
  return {
    elements: [element('destination', prefix.address.family, [toBytes(prefix.address)], lifetime)],
    prefixes: [],
  };
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

function hostElements(target: Exclude<Target, { kind: 'destination' }>, lifetime: Lifetime): KernelElement[] {
  const host = parseAddress(target.host);
  const { family } = host;
  if (target.kind === 'flow') {
    const { protocol, port } = target.service;
    const pair = [toBytes(host), toBytes(parseAddress(target.destination)), [protocol]];
    if (port === null) return [element('pair', family, pair, lifetime)];
    return [element('flow', family, [...pair, [port >> 8, port & 255]], lifetime)];
  }
  const allowed = target.allowTo.map(parsePrefix).filter((prefix) => prefix.address.family === family);
  return [
    element('quarantine', family, [toBytes(host)], lifetime),
    ...widest(allowed).map((prefix) => exception(host, prefix, lifetime)),
  ];
}

function exception(host: Address, prefix: Prefix, lifetime: Lifetime): KernelElement {
  const last = lastAddress(prefix);
  return element('exception', host.family, [toBytes(host), toBytes(prefix.address)], lifetime, [
    toBytes(host),
    toBytes(last),
  ]);
}

/** Without those that lie inside another: the kernel refuses elements that overlap. */
function widest(prefixes: readonly Prefix[]): Prefix[] {
  return prefixes.filter(
    (inner, i) =>
      !prefixes.some(
        (outer, j) =>
          prefixContains(outer, inner.address) &&
          (outer.length < inner.length || (outer.length === inner.length && j < i)),
      ),
  );
}

export function segmentElement(
  family: Family,
  { first, last, timeoutMs, expiresAtMs }: Segment,
): KernelElement {
  const bytes = (value: bigint) => [...numberBytes(value, family === 4 ? 4 : 16)];
  return element('prefix', family, [bytes(first)], { timeoutMs, expiresAtMs }, [bytes(last)]);
}

function element(
  kind: SetKind,
  family: Family,
  fields: readonly (readonly number[])[],
  lifetime: Lifetime,
  lastFields?: readonly (readonly number[])[],
): KernelElement {
  const set: SetName = `${kind}${family}`;
  const key = concatenate(fields);
  const keyEnd = lastFields && concatenate(lastFields);
  return {
    set,
    id: elementId(set, key, keyEnd),
    key,
    ...(keyEnd && { keyEnd }),
    timeoutMs: lifetime.timeoutMs,
    expiresAtMs: lifetime.expiresAtMs,
  };
}

export function elementId(set: string, key: Uint8Array, keyEnd?: Uint8Array): string {
  const hex = (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return keyEnd ? `${set} ${hex(key)}-${hex(keyEnd)}` : `${set} ${hex(key)}`;
}

/** Each field starts on a multiple of four bytes (nft concatenations, `man nft`). */
function concatenate(fields: readonly (readonly number[])[]): Uint8Array {
  const padded = fields.flatMap((field) => [
    ...field,
    ...Array<number>((4 - (field.length % 4)) % 4).fill(0),
  ]);
  return Uint8Array.from(padded);
}

function isSingle({ address, length }: Prefix): boolean {
  return length === (address.family === 4 ? 32 : 128);
}
