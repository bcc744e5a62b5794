/**
 * A site under Penstock's guard, for end-to-end tests: three inside hosts, the daemon on the gateway, an allowed shop
 * and a stranger outside. The test's thread is on the gateway, so it can call the API.
 */

import type { Decision } from '../../src/decision/decision.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Schema } from '../../src/penstock-client/src/index.ts';
import { type DaemonOptions, DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

export const LAPTOP = { 4: '10.1.0.10', 6: 'fd00:1::10' };
export const PRINTER = { 4: '10.1.0.11', 6: 'fd00:1::11' };
export const SCANNER = { 4: '10.1.0.12', 6: 'fd00:1::12' };
export const SHOP = { 4: '203.0.113.10', 6: '2001:db8:66::10' };

export const FAMILIES = [4, 6] as const;
export type Family = (typeof FAMILIES)[number];

/** The stranger has many addresses, so that each test can have its own. */
const STRANGERS = Array.from({ length: 20 }, (_, i) => 60 + i);

/** Some things come with a walk through conntrack, every ten seconds. */
const PATIENCE = { timeoutMs: 25_000 };

export function stranger(number: number, family: Family): string {
  return family === 4 ? `198.51.100.${number}` : `2001:db8:66::${number}`;
}

export class Site implements AsyncDisposable {
  readonly network: Network;
  readonly daemon: DaemonProcess;
  readonly #resources: AsyncDisposableStack;

  private constructor(network: Network, daemon: DaemonProcess, resources: AsyncDisposableStack) {
    this.network = network;
    this.daemon = daemon;
    this.#resources = resources;
  }

  /** With the daemon running. `label` is part of the namespaces' names. */
  static async open(label: string, options: DaemonOptions): Promise<Site> {
    await using cleanup = new AsyncDisposableStack();
    const network = cleanup.adopt(new Network(label), (made) => made.destroy());
    network.inside('laptop', 10).inside('printer', 11).inside('scanner', 12);
    const addresses = STRANGERS.flatMap((n) => [`${stranger(n, 4)}/24`, `${stranger(n, 6)}/64`]);
    network.outside('shop', [`${SHOP[4]}/24`, `${SHOP[6]}/64`]).outside('stranger', addresses);
    cleanup.use(network.enter('gateway'));
    const daemon = cleanup.adopt(new DaemonProcess(network, options), (made) => made.discard());
    await daemon.start();
    return new Site(network, daemon, cleanup.move());
  }

  /** Put a policy in force over the API. @returns the revision */
  async apply(policy: string): Promise<number> {
    const answer = await this.daemon.call('PUT', '/v1/policy', policy, {
      'content-type': 'application/yaml',
    });
    if (answer.status !== 200) throw new Error(`policy not applied: ${JSON.stringify(answer.body)}`);
    return answer.body.revision;
  }

  /** The newest decision that fits, as soon as there is one and what came of it is recorded. */
  decision(fits: (decision: Decision) => boolean, what = 'a decision'): Promise<Decision> {
    const settled = (each: Decision) => fits(each) && each.enforcement.status !== 'pending';
    return until(what, async () => (await this.#list<Decision>('/v1/decisions')).find(settled), PATIENCE);
  }

  /** The newest incident that fits, as soon as there is one. */
  incident(fits: (incident: Incident) => boolean, what = 'an incident'): Promise<Incident> {
    return until(what, async () => (await this.#list<Incident>('/v1/incidents')).find(fits), PATIENCE);
  }

  /** All ledger entries of a type, or of types that begin with a word. */
  entries(type: string): Promise<Schema<'LedgerEntry'>[]> {
    return this.#list<Schema<'LedgerEntry'>>(`/v1/audit?limit=1000&type=${type}`);
  }

  async #list<T>(path: string): Promise<T[]> {
    return (await this.daemon.call('GET', path)).body.items;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
