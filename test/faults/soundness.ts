/**
 * What must hold after whatever happened, checked from outside: against the API, the ledger's file and `nft`. What
 * should stand in the kernel is worked out here from the decisions, apart from the product's own code.
 */
import { join } from 'node:path';
import { canonicalListing, Nftables, SetElements } from 'node-nftables';
import { expect } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { standsInKernel } from '../../src/decision/life-cycle.ts';
import { Enforcer } from '../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../src/enforcement/kernel-table.ts';
import { descriptorOf, type SetName, TABLE } from '../../src/enforcement/sets.ts';
import { decisionOf, type Entry } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verification.ts';
import { ThreadNamespace } from '../namespaces/thread.ts';
import type { DaemonProcess } from '../network/daemon-process.ts';
import type { Network } from '../network/network.ts';

/** The kernel counts in ticks, nft prints whole seconds, and both are asked one after the other. */
const TOLERANCE_S = 3;

interface ListedElement {
  set: string;
  /** The element's value as nft's JSON has it, as text. */
  value: string;
  expiresInS: number;
}

/** All of it; the caller's thread is in the gateway's namespace. */
export async function expectSound(network: Network, daemon: DaemonProcess): Promise<void> {
  const decisions = await allDecisions(daemon);
  expectKernelEquals(network, decisions);
  expectSameAsFresh(decisions);
  expectLedgerSound(daemon, await allEntries(daemon));
}

export async function allDecisions(daemon: DaemonProcess): Promise<Decision[]> {
  return everyPage<Decision>(daemon, '/v1/decisions?limit=500', 'before');
}

export async function allEntries(daemon: DaemonProcess): Promise<Entry[]> {
  return everyPage<Entry>(daemon, '/v1/audit?order=oldest&limit=1000', 'after');
}

async function everyPage<T>(daemon: DaemonProcess, path: string, from: string): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null = '', place = ''; next !== null; place = `&${from}=${next}`) {
    const { status, body } = await daemon.call('GET', `${path}${place}`);
    expect(status, JSON.stringify(body)).toBe(200);
    items.push(...body.items);
    next = body.next;
  }
  return items;
}

/** No element that nobody decided, none missing, each with the time that it has left. */
export function expectKernelEquals(network: Network, decisions: readonly Decision[]): void {
  const found = listedElements(network);
  const wanted = decisions.flatMap(elementsOf);
  const names = (elements: readonly ListedElement[]) =>
    elements.map(({ set, value }) => `${set} ${value}`).toSorted();
  expect(names(found)).toEqual(names(wanted));
  for (const { set, value, expiresInS } of found) {
    const same = wanted.find((each) => each.set === set && each.value === value);
    expect(Math.abs(expiresInS - (same?.expiresInS ?? 0)), `${set} ${value}`).toBeLessThan(TOLERANCE_S);
  }
}

/** The text of the whole table is the one that a new table with the same decisions has. */
function expectSameAsFresh(decisions: readonly Decision[]): void {
  using nft = Nftables.open();
  expect(withoutOtherElements(canonicalListing(nft.listTable(TABLE)))).toBe(freshListing(decisions));
}

function freshListing(decisions: readonly Decision[]): string {
  using _ = new ThreadNamespace();
  using nft = Nftables.open();
  using elements = SetElements.open();
  const enforcer = new Enforcer(new KernelTable(nft, elements));
  for (const decision of decisions) enforcer.expect(decision);
  expect(enforcer.reconcile(Date.now()).error).toBeUndefined();
  return withoutOtherElements(canonicalListing(nft.listTable(TABLE)));
}

/** What the policy, names and connections put in is not known here. */
function withoutOtherElements(listing: string): string {
  const bare = (line: string) => {
    const object: { set?: { name: string; elem?: unknown }; map?: { elem?: unknown } } = JSON.parse(line);
    if (object.set && !isOfDecisions(object.set.name)) delete object.set.elem;
    if (object.map) delete object.map.elem;
    return JSON.stringify(object);
  };
  return listing.trimEnd().split('\n').map(bare).join('\n');
}

function isOfDecisions(name: string): boolean {
  return descriptorOf(name as SetName)?.owner === 'blocks';
}

function listedElements(network: Network): ListedElement[] {
  const { status, stdout, stderr } = network.run('gateway', 'nft', [
    '-j',
    'list',
    'table',
    'inet',
    'penstock',
  ]);
  expect(status, stderr).toBe(0);
  const objects: { set?: { name: string; elem?: { elem: { val: unknown; expires: number } }[] } }[] =
    JSON.parse(stdout).nftables;
  const ofDecisions = objects.filter(({ set }) => set && isOfDecisions(set.name));
  return ofDecisions.flatMap(({ set }) =>
    (set?.elem ?? []).map(({ elem }) => ({
      set: set?.name ?? '',
      value: JSON.stringify(elem.val),
      expiresInS: elem.expires,
    })),
  );
}

/** Enough for targets that do not overlap. */
function elementsOf({ state, expiresAtMs, target }: Decision): ListedElement[] {
  if (state !== 'provisional' && state !== 'active') return [];
  const expiresInS = ((expiresAtMs ?? 0) - Date.now()) / 1000;
  const element = (kind: string, address: string, value: unknown): ListedElement => ({
    set: `${kind}${address.includes(':') ? 6 : 4}`,
    value: JSON.stringify(value),
    expiresInS,
  });
  switch (target.kind) {
    case 'destination': {
      const [address, length] = target.prefix.split('/');
      if (Number(length) === (address.includes(':') ? 128 : 32))
        return [element('destination', address, address)];
      return [element('prefix', address, { prefix: { addr: address, len: Number(length) } })];
    }
    case 'flow': {
      const { protocol, port } = target.service;
      const pair = [target.host, target.destination, { 1: 'icmp', 6: 'tcp', 17: 'udp' }[protocol]];
      if (port === null) return [element('pair', target.host, { concat: pair })];
      return [element('flow', target.host, { concat: [...pair, port] })];
    }
    case 'host':
      return [
        element('quarantine', target.host, target.host),
        ...target.allowTo.map((prefix) => {
          const [addr, len] = prefix.split('/');
          const allowed = len === '32' ? addr : { prefix: { addr, len: Number(len) } };
          return element('exception', target.host, { concat: [target.host, allowed] });
        }),
      ];
  }
}

/** The chain of hashes holds, nothing is there twice, and every intent has its outcome. */
function expectLedgerSound(daemon: DaemonProcess, entries: readonly Entry[]): void {
  expect(verify(join(daemon.stateDir, 'ledger.db'))).toMatchObject({ sound: true });
  const made = entries.filter(({ type }) => type === 'decision.proposed' || type === 'decision.reinstated');
  const ids = made.map(({ subject }) => subject);
  expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
  const revisions = entries.flatMap((each) =>
    each.type === 'revision.created' ? [each.body.revision.number] : [],
  );
  expect(revisions).toEqual(revisions.map((_, i) => i + 1));
  expect(openIntents(entries)).toEqual([]);
  expect(entries.filter(({ type }) => type === 'rollback.done')).toHaveLength(
    entries.filter(({ type }) => type === 'rollback.intended').length,
  );
}

const OUTCOMES: Record<string, readonly string[]> = {
  stand: ['enforcement.applied', 'enforcement.failed'],
  leave: ['enforcement.lifted', 'enforcement.failed'],
};

/** A decision whose enforcement is pending is to stand in the kernel or to leave it. */
function intentOf(entry: Entry): 'stand' | 'leave' | undefined {
  if (!entry.type.startsWith('decision.')) return undefined;
  const decision = decisionOf(entry);
  if (decision?.enforcement.status !== 'pending') return undefined;
  return standsInKernel(decision) ? 'stand' : 'leave';
}

/** Decisions whose last intent was followed by no fitting outcome. */
function openIntents(entries: readonly Entry[]): string[] {
  const open = new Map<string, string>();
  for (const entry of entries) {
    const intent = intentOf(entry);
    if (intent) open.set(entry.subject ?? '', intent);
    else if (entry.type.startsWith('enforcement.')) {
      const change = open.get(entry.subject ?? '');
      if (change && OUTCOMES[change].includes(entry.type)) open.delete(entry.subject ?? '');
    }
  }
  return [...open].map(([id, change]) => `${id} ${change}`);
}
