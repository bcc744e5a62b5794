/**
 * What this machine needs to stay on the network: its own addresses, its gateways and its name servers, in the
 * network namespace of the calling thread.
 *
 *   own addresses   getifaddrs(3)
 *   gateways        next hops of all routes, default or not: /proc/thread-self/net/route, ipv6_route
 *   resolvers       /etc/resolv.conf (resolv.conf(5)) and, where systemd-resolved hides them, its own list
 *
 * The route files show the main table only, and of an IPv4 route with several next hops only the first.
 */
import { readFileSync } from 'node:fs';
import { endianness, networkInterfaces } from 'node:os';
import { type Address, fromBytes, parseAddress } from '../address/address.ts';
import { UnknownInputError } from './errors.ts';

/** Addresses, or why they are not known. */
export type Reading =
  | { readonly addresses: readonly Address[]; readonly problem?: undefined }
  | { readonly addresses?: undefined; readonly problem: string };

export interface Surroundings {
  readonly ownAddresses: Reading;
  readonly gateways: Reading;
  readonly resolvers: Reading;
}

/** Text of a file; undefined when there is none. Anything else that goes wrong is thrown. */
export type ReadText = (path: string) => string | undefined;

const ROUTE4 = '/proc/thread-self/net/route';
const ROUTE6 = '/proc/thread-self/net/ipv6_route';
const RESOLV_CONF = '/etc/resolv.conf';
const RESOLVED_CONF = '/run/systemd/resolve/resolv.conf';

const RTF_GATEWAY = 0x2;

/** Never throws: what cannot be read is a problem in the reading. */
export function readSurroundings(
  read: ReadText = readText,
  interfaces: typeof networkInterfaces = networkInterfaces,
): Surroundings {
  return {
    ownAddresses: reading('own addresses', () => interfaceAddresses(interfaces())),
    gateways: reading('gateways', () => [
      ...gateways4(required(read, ROUTE4)),
      // Missing where IPv6 is off.
      ...gateways6(read(ROUTE6) ?? ''),
    ]),
    // Without the file only this machine is asked.
    resolvers: reading('name servers', () =>
      [RESOLV_CONF, RESOLVED_CONF].flatMap((path) => nameServers(read(path) ?? '')),
    ),
  };
}

function reading(what: string, take: () => Address[]): Reading {
  try {
    return { addresses: take() };
  } catch (error) {
    return { problem: `${what} not known: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function required(read: ReadText, path: string): string {
  const text = read(path);
  if (text === undefined) throw new UnknownInputError(`${path} is missing`);
  return text;
}

function interfaceAddresses(interfaces: ReturnType<typeof networkInterfaces>): Address[] {
  const entries = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return entries.map(({ address }) => parseUnscoped(address));
}

/**
 *   Iface  Destination  Gateway   Flags ...       the addresses are hex of words in this machine's byte order
 *   eth0   00000000     0101A8C0  0003
 */
function gateways4(text: string): Address[] {
  return rows(text.replace(/^Iface.*\n?/, '')).flatMap(([, , gateway, flags]) =>
    hasGateway(flags) ? [fromHex(gateway, 8, endianness() === 'LE')] : [],
  );
}

/**
 *   destination length source length next-hop metric uses references flags interface
 */
function gateways6(text: string): Address[] {
  return rows(text).flatMap((fields) => (hasGateway(fields[8]) ? [fromHex(fields[4], 32, false)] : []));
}

function hasGateway(flags: string | undefined): boolean {
  if (flags === undefined || !/^[0-9a-f]{4,8}$/i.test(flags))
    throw new UnknownInputError('a route without flags');
  return (Number.parseInt(flags, 16) & RTF_GATEWAY) !== 0;
}

function fromHex(text: string, digits: 8 | 32, reversed: boolean): Address {
  if (text.length !== digits || !/^[0-9a-f]+$/i.test(text)) {
    throw new UnknownInputError(`'${text.slice(0, 40)}' is no address of a route`);
  }
  const bytes = [...Buffer.from(text, 'hex')];
  return fromBytes(reversed ? bytes.reverse() : bytes);
}

/** `nameserver ADDRESS`; what follows on the line is no matter, as for glibc. */
function nameServers(text: string): Address[] {
  return rows(text).flatMap(([keyword, address]) =>
    keyword === 'nameserver' && address !== undefined ? [parseUnscoped(address)] : [],
  );
}

/** A link-local address is compared without its interface: on whichever link, it is not blocked. */
function parseUnscoped(text: string): Address {
  return parseAddress(text.replace(/%.*$/, ''));
}

function rows(text: string): string[][] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
}
