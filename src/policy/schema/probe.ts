/** One flow written as text: `203.0.113.10:443/tcp`, `[2001:db8::1]:443/tcp`, `192.0.2.1/icmp/echo-request`, `192.0.2.1/gre`. */
import { type Address, parseAddress } from '../../address/address.ts';
import { PolicyTextError } from '../errors.ts';
import { icmpTypeNumber } from './icmp.ts';
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

const EXPECTED =
  "like '203.0.113.10:443/tcp', '[2001:db8::1]:443/tcp', '192.0.2.1/icmp/echo-request' or '192.0.2.1/gre'";

export function parseProbe(text: string): Probe {
  const [, bracketed, bare, port, protocolText, type] =
    /^(?:\[([^\]]+)\]|([^[\]/]*?))(?::([0-9]+))?\/([a-z0-9-]+)(?:\/([a-z0-9-]+))?$/.exec(text) ?? [];
  const named = protocolNumber(protocolText === 'icmpv6' ? 'ipv6-icmp' : (protocolText ?? ''));
  const protocol = /^[0-9]{1,3}$/.test(protocolText ?? '') ? Number(protocolText) : named;
  if (protocol === undefined || protocol > 255) throw new PolicyTextError(text, 'no flow', EXPECTED);
  const destination = parseAddress(bracketed ?? bare);
  if ((port !== undefined) !== hasPorts(protocol))
    throw new PolicyTextError(text, 'a flow with a port too many or too few', EXPECTED);
  const icmpType = isIcmp(protocol) ? parseType(text, destination, protocol, type) : -1;
  if (!isIcmp(protocol) && type !== undefined) throw new PolicyTextError(text, 'no flow', EXPECTED);
  return { text, destination, port: port === undefined ? 0 : parsePorts(port).first, protocol, icmpType };
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

export const probeField = textField({
  parse: parseProbe,
  description: 'Destination, port and protocol of one flow',
  examples: ['203.0.113.10:443/tcp', '[2001:db8::1]:443/tcp', '192.0.2.1/icmp/echo-request'],
});
