/** One flow written as text: `203.0.113.10:443/tcp`, `mirror.example.org:443/tcp`, `[2001:db8::1]:443/tcp`, `192.0.2.1/icmp/echo-request`, `192.0.2.1/gre`. */
import { type Address, parseAddress } from '../../address/address.ts';
import { PolicyTextError } from '../errors.ts';
import { icmpTypeNumber } from './icmp.ts';
import { parseName } from './prefix.ts';
import { hasPorts, ICMPV4, ICMPV6, isIcmp, protocolNumber } from './protocol.ts';
import { parsePorts } from './service.ts';
import { textField } from './text.ts';

export interface Probe {
  readonly text: string;
  readonly destination: Address;
  /** 0 for protocols without ports. */
  readonly port: number;
  readonly protocol: number;
  /** ICMP only, else -1. The code is taken as 0. */
  readonly icmpType: number;
}

/** To whatever address the name stands for, of the family of the host that asks. */
export interface NamedProbe extends Omit<Probe, 'destination'> {
  readonly name: string;
}

const EXPECTED =
  "like '203.0.113.10:443/tcp', '[2001:db8::1]:443/tcp', '192.0.2.1/icmp/echo-request' or '192.0.2.1/gre'";

const EXPECTED_NAMED = "like 'mirror.example.org:443/tcp' or 'mirror.example.org/icmp/echo-request'";

export function parseProbe(text: string): Probe {
  const [end, protocolText, type, ...rest] = text.split('/');
  const protocol = parseProtocol(protocolText ?? '');
  if (protocol === undefined || rest.length > 0) throw new PolicyTextError(text, 'no flow', EXPECTED);
  const { address, port } = splitPort(end);
  const destination = parseAddress(address);
  if ((port !== undefined) !== hasPorts(protocol)) {
    const wanted = hasPorts(protocol) ? 'without a port' : 'with a port that its protocol does not have';
    throw new PolicyTextError(text, `a flow ${wanted}`, EXPECTED);
  }
  if (type !== undefined && !isIcmp(protocol)) throw new PolicyTextError(text, 'no flow', EXPECTED);
  const icmpType = isIcmp(protocol) ? parseType(text, destination, protocol, type) : -1;
  return { text, destination, port: port === undefined ? 0 : parsePorts(port).first, protocol, icmpType };
}

function parseProtocol(text: string): number | undefined {
  if (!/^[0-9]{1,3}$/.test(text)) return protocolNumber(text === 'icmpv6' ? 'ipv6-icmp' : text);
  return Number(text) <= 255 ? Number(text) : undefined;
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`, or an address alone; a bare IPv6 address has no port. */
function splitPort(end: string): { address: string; port: string | undefined } {
  const [, address, port] = /^\[([^\]]*)\](?::([0-9]+))?$/.exec(end) ?? /^([^:]*):([0-9]+)$/.exec(end) ?? [];
  return address === undefined ? { address: end, port: undefined } : { address, port };
}

function parseType(text: string, { family }: Address, protocol: number, type: string | undefined): number {
  if (protocol !== (family === 4 ? ICMPV4 : ICMPV6)) {
    throw new PolicyTextError(text, 'ICMP of the other family', family === 4 ? 'icmp' : 'icmpv6');
  }
  const number = /^[0-9]{1,3}$/.test(type ?? '')
    ? Number(type)
    : icmpTypeNumber(family === 4 ? 'ipv4' : 'ipv6', type ?? '');
  if (number === undefined || number > 255) throw new PolicyTextError(text, 'without an ICMP type', EXPECTED);
  return number;
}

/** @throws PolicyTextError */
export function parseNamedProbe(text: string): NamedProbe {
  const [end, protocolText, type, ...rest] = text.split('/');
  const { address, port } = splitPort(end);
  const name = parseName(address);
  // All but the name is as with an address of the protocol's family.
  const standIn = /^(icmpv6|ipv6-icmp|58)$/.test(protocolText ?? '') ? '[2001:db8::1]' : '192.0.2.1';
  const flow = [`${standIn}${port === undefined ? '' : `:${port}`}`, protocolText, type, ...rest];
  try {
    const { destination: _, ...probe } = parseProbe(flow.filter((part) => part !== undefined).join('/'));
    return { ...probe, text, name };
  } catch (error) {
    if (!(error instanceof PolicyTextError)) throw error;
    throw new PolicyTextError(text, error.problem, EXPECTED_NAMED);
  }
}

/** A last label with a letter, and no colon but that before the port. */
const NAMED = /^[^:/[]*[a-z_][^:/.]*(:[0-9]+)?\//i;

export const probeField = textField({
  parse: (text: string): Probe | NamedProbe => (NAMED.test(text) ? parseNamedProbe(text) : parseProbe(text)),
  description: 'Destination, port and protocol of one flow',
  examples: [
    '203.0.113.10:443/tcp',
    '[2001:db8::1]:443/tcp',
    'mirror.example.org:443/tcp',
    '192.0.2.1/icmp/echo-request',
  ],
});
