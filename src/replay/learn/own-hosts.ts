/**
 * Which hosts are ours, of all that opened a flow:
 *
 *   networks named       what lies in them
 *   private originators  all of them, and nobody else
 *   none private         those that the recording was made at. A recording shows all of the traffic of our hosts and a
 *                        little of everybody else's, so each answered flow belongs to the end that spoke with more
 *                        addresses, and ours are the originators that some flow belongs to. Who knocks from outside
 *                        speaks with us alone and is not ours.
 */
import { type Address, copyAddress, type Prefix } from '../../address/address.ts';
import { AddressMap } from '../../address/address-map.ts';
import { prefixContains } from '../../address/prefix.ts';
import { isInside, isNowhere } from '../../detection/surroundings.ts';
import { emptyRecordedFlow } from '../../flow/recorded/recorded-flow.ts';
import type { RecordedFlows } from '../../flow/recorded/recorded-flows.ts';
import { groupHosts, type HostGroup } from './host-groups.ts';

/** A host of ours. `group` is the place of its host group. */
export interface Host {
  readonly number: number;
  readonly address: Address;
  readonly group: number;
}

export interface HostOptions {
  /** Networks whose hosts are ours; guessed when left out. They must not overlap. */
  readonly networks?: readonly Prefix[];
  /** Bits of an IPv4 host group; IPv6 ones have 64. */
  readonly groupBits: number;
}

/** How {@link OwnHosts} came to be: `guessed` needs a person's eye. */
export type HostChoice = 'named' | 'private' | 'guessed';

/** Originators that are looked at; a flood of made-up ones must not take more memory. */
const MAX_ORIGINATORS = 2 ** 18;

export class OwnHosts {
  readonly choice: HostChoice;
  readonly groups: readonly HostGroup[];
  readonly #hosts: readonly Host[];
  readonly #byAddress = new AddressMap<Host>();

  constructor(addresses: readonly Address[], choice: HostChoice, options: HostOptions) {
    this.choice = choice;
    const { groups, groupOf } = groupHosts(addresses, choice, options);
    this.groups = groups;
    this.#hosts = addresses.map((address, number) => ({ number, address, group: groupOf[number] }));
    for (const host of this.#hosts) this.#byAddress.set(host.address, host);
  }

  get size(): number {
    return this.#hosts.length;
  }

  find(address: Address): Host | undefined {
    return this.#byAddress.get(address);
  }

  at(number: number): Host {
    return this.#hosts[number];
  }
}

export function findOwnHosts(flows: RecordedFlows, options: HostOptions): OwnHosts {
  const { networks } = options;
  const originators = originatorsOf(flows);
  if (networks !== undefined) {
    const named = originators.filter((address) =>
      networks.some((network) => prefixContains(network, address)),
    );
    return new OwnHosts(named, 'named', options);
  }
  const inside = originators.filter(isInside);
  if (inside.length > 0) return new OwnHosts(inside, 'private', options);
  return new OwnHosts(busyOriginators(flows), 'guessed', options);
}

/** In order of appearance. */
function originatorsOf(flows: RecordedFlows): Address[] {
  const known = new AddressMap<true>();
  const originators: Address[] = [];
  const flow = emptyRecordedFlow();
  for (let place = 0; place < flows.length && originators.length < MAX_ORIGINATORS; place++) {
    flows.read(place, flow);
    if (isNowhere(flow.source) || known.get(flow.source)) continue;
    originators.push(copyAddress(flow.source));
    known.set(flow.source, true);
  }
  return originators;
}

interface Speaker {
  readonly number: number;
  readonly address: Address;
  peers: number;
  opened: boolean;
}

const MAX_SPEAKERS = 2 ** 21;

function busyOriginators(flows: RecordedFlows): Address[] {
  const speakers = new AddressMap<Speaker>();
  const pairs = new Map<number, readonly [Speaker, Speaker]>();
  const speaker = (address: Address): Speaker => {
    const known = speakers.get(address);
    if (known !== undefined) return known;
    const made = { number: speakers.size, address: copyAddress(address), peers: 0, opened: false };
    speakers.set(made.address, made);
    return made;
  };
  const flow = emptyRecordedFlow();
  for (let place = 0; place < flows.length && speakers.size < MAX_SPEAKERS; place++) {
    flows.read(place, flow);
    if (flow.outcome !== 'answered' || isNowhere(flow.source) || isNowhere(flow.destination)) continue;
    const [source, destination] = [speaker(flow.source), speaker(flow.destination)];
    const pair = source.number * MAX_SPEAKERS * 2 + destination.number;
    if (pairs.has(pair)) continue;
    pairs.set(pair, [source, destination]);
    source.peers++;
    destination.peers++;
    source.opened = true;
  }
  const ours = new Set<Speaker>();
  for (const [source, destination] of pairs.values()) {
    const busier = destination.peers > source.peers ? destination : source;
    if (busier.opened) ours.add(busier);
  }
  return [...ours].sort((x, y) => x.number - y.number).map(({ address }) => address);
}
