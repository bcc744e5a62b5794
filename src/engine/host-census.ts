/** How many hosts of ours were ever seen since the start: what the share of quarantined hosts is a share of. */
import type { Address, Prefix } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { FlowTable } from '../flow/flow-table.ts';

/** A flood of forged sources must not fill the memory; past this the share only gets stricter. */
const MAX_HOSTS = 1_000_000;

export class HostCensus {
  readonly #hosts = new AddressMap<true>();

  get size(): number {
    return this.#hosts.size;
  }

  add(host: Address): void {
    if (this.#hosts.get(host) === undefined && this.#hosts.size < MAX_HOSTS) this.#hosts.set(host, true);
  }
}

/** Hosts that have a connection with an address of this network now; one that has several comes several times. */
export function* hostsTalkingTo(table: FlowTable, prefix: Prefix): Generator<Address> {
  for (const slot of table.matching({ kind: 'destination', prefix })) {
    const { direction, host } = table.flowAt(slot);
    if (direction !== 'foreign') yield host;
  }
}
