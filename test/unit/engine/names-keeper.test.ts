import { FakeKernel } from 'node-nftables/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { NamesKeeper } from '../../../src/engine/names-keeper.ts';
import type { StoredName } from '../../../src/ledger/name-shelf.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { answer, query, record, udpPacket } from '../names/dns-bytes.ts';
import { loadGood } from '../policy/sources.ts';
import { FakeDns } from './fake-dns.ts';

const OUT = { source: '10.1.0.10', sourcePort: 4_000, destination: '10.0.0.53', destinationPort: 53 };
const BACK = { source: '10.0.0.53', sourcePort: 53, destination: '10.1.0.10', destinationPort: 4_000 };

function policy(fqdns: string) {
  return loadGood(`  hostGroups: {lan: {cidrs: [10.1.0.0/24]}}
  addressSets: {m: {fqdns: [${fqdns}]}}
  services: {web: [{protocol: tcp, ports: [80, 443]}]}
  names: {resolvers: [10.0.0.53], ttlFloor: 60s}
  rules: [{id: r, from: [lan], to: {sets: [m]}, services: [web]}]
`);
}

class Scene {
  readonly dns = new FakeDns();
  readonly stored: StoredName[] = [];
  readonly said: string[] = [];
  readonly living = new Set<string>();
  readonly keeper: NamesKeeper;
  nowMs = 1_000_000;
  readonly #table: KernelTable;

  constructor(stored: StoredName[] = []) {
    const kernel = new FakeKernel(() => this.nowMs);
    this.#table = new KernelTable(kernel.nftables(), kernel.setElements());
    const enforcer = new Enforcer(this.#table);
    enforcer.reconcile(this.nowMs);
    this.stored.push(...stored);
    this.keeper = new NamesKeeper({
      kernel: this.dns,
      enforcer,
      flows: { matching: () => (this.living.size > 0 ? [1] : []) },
      shelf: {
        save: (names: readonly StoredName[]) => void this.stored.push(...names),
        take: () => this.stored,
      } as never,
      journal: { log: (_, message) => void this.said.push(message) },
    });
  }

  apply(fqdns: string): void {
    const next = policy(fqdns);
    this.keeper.changePolicy({ policy: next, compiled: compilePolicy(next, this.keeper.source) }, this.nowMs);
  }

  learn(name: string, address: string, ttl = 30): void {
    const base = { id: 1, hook: 2, cut: false };
    const asked = { name, type: 'A' };
    const reply = answer(7, asked, [record(name, 'A', address, ttl)]);
    this.dns.waiting.push(
      { ...base, inDevice: 2, outDevice: 3, payload: udpPacket(OUT, query(7, asked)) },
      { ...base, inDevice: 3, outDevice: 2, payload: udpPacket(BACK, reply) },
    );
    this.keeper.drain(this.nowMs);
  }

  /** Elements in the kernel. */
  get elements(): number {
    return this.#table.readSet('named4').size;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    vi.advanceTimersByTime(ms);
    this.keeper.chores(this.nowMs);
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('a name', () => {
  it('is in the kernel, known to the matcher and stored when its answer goes on', () => {
    const scene = new Scene();
    scene.apply('mirror.example.org');
    scene.learn('mirror.example.org', '192.0.2.1');
    // Two ports, each an element.
    expect(scene.elements).toBe(2);
    expect(scene.keeper.source.setsOf(parseAddress('192.0.2.1'))).toEqual([0]);
    expect(scene.stored).toMatchObject([{ name: 'mirror.example.org', address: '192.0.2.1' }]);
  });

  it('goes when its time is over, and not while a connection to it lives', () => {
    const scene = new Scene();
    scene.apply('mirror.example.org');
    scene.learn('mirror.example.org', '192.0.2.1');
    scene.living.add('192.0.2.1');
    scene.pass(70_000);
    expect(scene.elements).toBe(2);
    scene.living.clear();
    scene.pass(40_000);
    expect(scene.elements).toBe(0);
    expect(scene.keeper.source.setsOf(parseAddress('192.0.2.1'))).toEqual([]);
  });

  it.each(['10.1.0.99', '127.0.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1', '255.255.255.255'])(
    'at %s is not learnt',
    (address) => {
      const scene = new Scene();
      scene.apply('mirror.example.org');
      scene.learn('mirror.example.org', address);
      expect(scene.elements).toBe(0);
      expect(scene.keeper.counters.withheld).toBe(1);
      expect(scene.said.join()).toContain(address);
    },
  );

  it('is known again after a restart, with time for a look at what lives', () => {
    const scene = new Scene([{ name: 'mirror.example.org', address: '192.0.2.1', untilMs: 900_000 }]);
    scene.apply('mirror.example.org');
    expect(scene.elements).toBe(2);
    scene.pass(61_000);
    expect(scene.elements).toBe(0);
  });

  it('goes and comes with the policy', () => {
    const scene = new Scene();
    scene.apply('mirror.example.org');
    scene.learn('mirror.example.org', '192.0.2.1');
    scene.apply('other.example.org');
    expect(scene.elements).toBe(0);
    scene.learn('mirror.example.org', '192.0.2.1');
    expect(scene.elements).toBe(0);
    scene.learn('other.example.org', '192.0.2.1');
    expect(scene.elements).toBe(2);
  });
});

describe('a table that is gone', () => {
  it('is made again', () => {
    const scene = new Scene();
    scene.apply('mirror.example.org');
    scene.dns.table.remove();
    scene.pass(6_000);
    expect(scene.dns.settings).toBeDefined();
    expect(scene.dns.open).toHaveLength(1);
  });

  it('because the kernel refuses it is a reason to refuse the policy', () => {
    const scene = new Scene();
    scene.dns.refusal = new Error('no such thing');
    expect(scene.keeper.objection(policy('mirror.example.org'))).toContain('no such thing');
    expect(scene.dns.open).toHaveLength(0);
    scene.dns.refusal = undefined;
    expect(scene.keeper.objection(policy('mirror.example.org'))).toBeUndefined();
  });
});
