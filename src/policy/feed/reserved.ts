/** Address space that is nobody's on the Internet, so that no feed has business with it (RFC 6890). */
import { type Address, parseAddress } from '../../address/address.ts';
import { parsePrefix, prefixContains } from '../../address/prefix.ts';

/** What no packet is routed to. */
const NOBODY = [
  '0.0.0.0/8', // this network, RFC 791
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link-local, RFC 3927
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved, RFC 1112, with the limited broadcast
  '::/128', // unspecified, RFC 4291
  '::1/128', // loopback, RFC 4291
  'fe80::/10', // link-local, RFC 4291
  'fec0::/10', // site-local, RFC 3879
  'ff00::/8', // multicast, RFC 4291
].map(parsePrefix);

/** What belongs to whoever uses it: our own networks among them. */
const PRIVATE = [
  '10.0.0.0/8', // RFC 1918
  '172.16.0.0/12', // RFC 1918
  '192.168.0.0/16', // RFC 1918
  '100.64.0.0/10', // shared with the provider, RFC 6598
  'fc00::/7', // unique local, RFC 4193
].map(parsePrefix);

export const RESERVED = [...NOBODY, ...PRIVATE];

/** Loopback, unspecified, link-local, multicast or broadcast. `text` is an address. */
export function isNobody(text: string): boolean {
  const address: Address = parseAddress(text);
  return NOBODY.some((prefix) => prefixContains(prefix, address));
}
