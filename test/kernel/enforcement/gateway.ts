/** A gateway in a namespace of its own, between two TUN devices, with the real table and what fills it. */
import { Nftables, SetElements } from 'node-nftables';
import { ConntrackSocket } from '../../../src/conntrack/socket.ts';
import { Allowlist } from '../../../src/enforcement/allowlist/allowlist.ts';
import { policyPart } from '../../../src/enforcement/allowlist/policy-part.ts';
import { Enforcer } from '../../../src/enforcement/enforcer.ts';
import { gracePeriod } from '../../../src/enforcement/grace-period.ts';
import { KernelTable } from '../../../src/enforcement/kernel-table.ts';
import { DEFAULT_MARK_MASK } from '../../../src/enforcement/ruleset/generation.ts';
import { Generations } from '../../../src/engine/generations.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { Tun } from '../../network/tun.ts';

export class TunGateway implements Disposable {
  readonly namespace: ThreadNamespace;
  readonly inside: Tun;
  readonly outside: Tun;
  readonly nft: Nftables;
  readonly elements: SetElements;
  readonly conntrack: ConntrackSocket;
  readonly table: KernelTable;
  readonly enforcer: Enforcer;
  readonly allowlist: Allowlist;
  readonly #resources = new DisposableStack();

  constructor() {
    const resources = this.#resources;
    this.namespace = resources.use(new ThreadNamespace());
    this.inside = resources.use(new Tun('inside'));
    this.outside = resources.use(new Tun('outside'));
    this.#makeRoutes();
    this.nft = resources.use(Nftables.open());
    this.elements = resources.use(SetElements.open());
    this.conntrack = resources.use(ConntrackSocket.open({ events: [] }));
    this.table = new KernelTable(this.nft, this.elements);
    this.enforcer = new Enforcer(this.table);
    this.allowlist = this.newAllowlist();
    this.enforcer.reconcile(Date.now());
    // Needs a rule that uses ct; our packets have no checksums.
    this.namespace.run('sysctl', '-q', '-w', 'net.netfilter.nf_conntrack_checksum=0');
  }

  /** As another daemon would have it, which knows nothing of what stands. */
  newAllowlist(enforcer = this.enforcer): Allowlist {
    const generations = new Generations(this.conntrack, DEFAULT_MARK_MASK);
    return new Allowlist({
      table: this.table,
      markMask: DEFAULT_MARK_MASK,
      passGenerations: (change, nowMs) => enforcer.passGenerations(change, nowMs),
      gracePeriod,
      freshGeneration: (other) => generations.fresh(other),
      hold: (holder) => enforcer.hold(holder),
    });
  }

  put(policy: Policy, atMs: number, allowlist = this.allowlist): void {
    allowlist.put(policyPart(policy, compilePolicy(policy), atMs), atMs);
  }

  counter(name: string): number {
    for (const object of this.nft.listTable({ family: 'inet', name: 'penstock' }, { terse: true }))
      if ('counter' in object && object.counter.name === name) return object.counter.packets ?? 0;
    throw new Error(`no counter ${name}`);
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #makeRoutes(): void {
    const ip = (command: string) => this.namespace.run('ip', ...command.split(' '));
    const set = (name: string, value: number) => this.namespace.run('sysctl', '-q', '-w', `${name}=${value}`);
    set('net.ipv4.ip_forward', 1);
    set('net.ipv6.conf.all.forwarding', 1);
    for (const device of ['all', 'inside', 'outside']) set(`net.ipv4.conf.${device}.rp_filter`, 0);
    for (const device of ['inside', 'outside']) {
      ip(`link set ${device} txqueuelen 10000 up`);
    }
    ip('route add default dev outside');
    ip('-6 route add default dev outside');
  }
}
