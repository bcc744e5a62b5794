/** Addresses, names and traffic as cyber-observable objects (STIX 2.1 sections 6.4, 6.7, 6.8 and 6.12). */
import { isIP } from 'node:net';
import type { Service } from '../../../incident/incident.ts';
import { PROTOCOLS } from '../wording.ts';
import { observableId, type StixId } from './identifier.ts';

export interface StixObject {
  readonly type: string;
  readonly id: StixId;
  readonly spec_version: '2.1';
  readonly [property: string]: unknown;
}

/** An address, a prefix, or what is neither: a name. */
export function place(text: string): StixObject {
  const type = placeType(text);
  const value = { value: text };
  return { type, spec_version: '2.1', id: observableId(type, value), ...value };
}

export function placeType(text: string): 'ipv4-addr' | 'ipv6-addr' | 'domain-name' {
  const version = isIP(text.split('/')[0]);
  if (version === 0) return 'domain-name';
  return version === 6 ? 'ipv6-addr' : 'ipv4-addr';
}

/** From a host to a destination by one service. When it was is told by who observed it, so the same is the same. */
export function traffic(
  source: StixObject,
  destination: StixObject,
  { protocol, port }: Service,
): StixObject {
  const contributing = {
    src_ref: source.id,
    dst_ref: destination.id,
    ...(port !== null && { dst_port: port }),
    protocols: [
      ...(source.type === 'domain-name' ? [] : [source.type === 'ipv6-addr' ? 'ipv6' : 'ipv4']),
      // Where IANA's number has no name that people use, the number says it.
      PROTOCOLS[protocol] ?? String(protocol),
    ],
  };
  const id = observableId('network-traffic', contributing);
  return { type: 'network-traffic', spec_version: '2.1', id, ...contributing };
}

/** A comparison of a pattern (STIX 2.1 section 9): text in quotes, with what would end them escaped. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
