/**
 * What decisions ask of the kernel, worked out apart from the product's code. Values of hash sets are compared as they
 * are; prefixes, which the product cuts where they overlap, by what they cover.
 */
import { parsePrefix, prefixContains } from '../../src/address/prefix.ts';
import type { Decision } from '../../src/decision/decision.ts';

/** One thing that must be in a set until then (ms since the epoch, by the daemon's clock). */
export interface Wanted {
  readonly set: string;
  /** nft's JSON of the value, as text; for prefixes, `PREFIX`. */
  readonly key: string;
  readonly untilMs: number;
  /** The longest life time that was decided. */
  readonly lifetimeMs: number;
}

const PROTOCOLS: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp' };

/** By set and key; of several decisions that ask for the same, the longest counts. */
export function wantedElements(decisions: Iterable<Decision>): Map<string, Wanted> {
  const all = new Map<string, Wanted>();
  for (const decision of decisions) {
    for (const wanted of elementsOf(decision)) {
      const id = `${wanted.set} ${wanted.key}`;
      const known = all.get(id);
      if (known === undefined || known.untilMs < wanted.untilMs) all.set(id, wanted);
    }
  }
  return all;
}

function elementsOf(decision: Decision): Wanted[] {
  const { target, coverage, state, expiresAtMs, answerByMs, createdAtMs, ttlMs } = decision;
  const lifetimeMs = state === 'provisional' ? (answerByMs ?? 0) - createdAtMs : ttlMs;
  const element = (kind: string, address: string, value: unknown): Wanted => ({
    set: `${kind}${address.includes(':') ? 6 : 4}`,
    key: JSON.stringify(value),
    untilMs: expiresAtMs ?? 0,
    lifetimeMs,
  });
  switch (target.kind) {
    case 'destination':
      return isSingle(target.prefix)
        ? [element('destination', target.prefix, target.prefix.split('/')[0])]
        : [element('prefix', target.prefix, target.prefix)];
    case 'flow': {
      const { protocol, port } = target.service;
      const pair = [target.host, target.destination, PROTOCOLS[protocol] ?? protocol];
      return [
        port === null
          ? element('pair', target.host, { concat: pair })
          : element('flow', target.host, { concat: [...pair, port] }),
      ];
    }
    case 'host':
      return [target.host, ...(coverage?.addresses ?? [])].flatMap((host) => [
        element('quarantine', host, host),
        ...widest(target.allowTo)
          .filter((prefix) => prefix.includes(':') === host.includes(':'))
          .map((prefix) => element('exception', host, { concat: [host, asNft(prefix)] })),
      ]);
  }
}

/** What lies inside another of the same quarantine is not said twice. */
function widest(prefixes: readonly string[]): string[] {
  const parsed = [...new Set(prefixes)].map((text) => ({ text, prefix: parsePrefix(text) }));
  const isInside = ({ prefix: inner }: (typeof parsed)[number]) =>
    parsed.some(({ prefix: outer }) => outer.length < inner.length && prefixContains(outer, inner.address));
  return parsed.filter((each) => !isInside(each)).map(({ text }) => text);
}

export function isSingle(prefix: string): boolean {
  return prefix.endsWith(prefix.includes(':') ? '/128' : '/32');
}

function asNft(prefix: string): unknown {
  const [addr, len] = prefix.split('/');
  return isSingle(prefix) ? addr : { prefix: { addr, len: Number(len) } };
}
