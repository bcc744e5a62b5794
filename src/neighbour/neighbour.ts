/**
 * One line of the kernel's neighbour table (ip-neighbour(8)): which link-layer address an IP address of an attached
 * network has. Link and neighbour are what the decoder makes; nothing is kept of the message.
 */
import type { Address } from '../address/address.ts';
import type { Mac } from './mac.ts';

export interface Neighbour {
  readonly address: Address;
  readonly interfaceIndex: number;
  /** Undefined: the kernel has none that it uses (not resolved, failed, gone), or not one of Ethernet. */
  readonly mac: Mac | undefined;
}

export interface Link {
  readonly index: number;
  readonly name: string;
  /** `bridge`, `vlan`, `veth`, ...; empty for hardware. */
  readonly kind: string;
  readonly isEthernet: boolean;
  readonly mac: Mac | undefined;
  /** The link that carries it (of a VLAN, of a macvlan); 0 for none in this network namespace. A veth's twin is none. */
  readonly below: number;
  /** The bridge, bond or VRF it belongs to; 0 for none. */
  readonly master: number;
}

export type RouteMessage =
  | { readonly kind: 'neighbour'; readonly neighbour: Neighbour }
  | { readonly kind: 'link'; readonly link: Link }
  | { readonly kind: 'link-gone'; readonly index: number };
