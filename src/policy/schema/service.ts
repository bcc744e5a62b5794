/** Services: a protocol with ports, a protocol without, or any protocol at all. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { hasPorts, isIcmp, PORTED_NAMES, PROTOCOL_NAMES, protocolNumber } from './protocol.ts';
import { describeType, parseOrIssue, refusal } from './text.ts';

/** Both ends included, 1-65535. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const PORTS = 'a port from 1 to 65535, or a range like 8730-8739';

/** `443` or `8730-8739`. */
export function parsePorts(text: string): PortRange {
  const match = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/.exec(text);
  if (!match) throw new PolicyTextError(text, 'no port', PORTS);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (last > 65535 || first > 65535) throw new PolicyTextError(text, 'past the last port', PORTS);
  if (first > last) throw new PolicyTextError(text, 'a range that runs backwards', `${last}-${first}`);
  return { first, last };
}

const portsField = z
  .union([z.int().meta({ minimum: 1, maximum: 65535 }), z.string()], {
    error: (issue) => refusal(`is ${describeType(issue.input)}`, PORTS),
  })
  .meta({ description: 'Port or range of ports', examples: [443, '8730-8739'] })
  .transform((value, context) => parseOrIssue(String(value), parsePorts, context));

/** Any protocol, ICMP included. */
export const ANY_PROTOCOL = -1;

const PROTOCOLS = `any, ${PROTOCOL_NAMES.join(', ')} or a number from 0 to 255`;

function parseProtocol(text: string): number {
  if (text === 'any') return ANY_PROTOCOL;
  const number = /^(0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : protocolNumber(text);
  if (number === undefined || number > 255) throw new PolicyTextError(text, 'no protocol', PROTOCOLS);
  if (isIcmp(number)) throw new PolicyTextError(text, 'not for services', "the rule's own field icmp");
  return number;
}

const protocolField = z
  .union([z.int().meta({ minimum: 0, maximum: 255 }), z.string()], {
    error: (issue) => refusal(`is ${describeType(issue.input)}`, PROTOCOLS),
  })
  .meta({ description: 'Protocol name or number, or any', examples: ['tcp', 'udp', 47, 'any'] })
  .transform((value, context) => parseOrIssue(String(value), parseProtocol, context));

const serviceEntry = z
  .strictObject({ protocol: protocolField, ports: z.array(portsField).min(1).max(1024).optional() })
  .superRefine(({ protocol, ports }, context) => {
    const add = (message: string, expected: string) =>
      context.addIssue({ code: 'custom', path: ['ports'], message: refusal(message, expected) });
    if (hasPorts(protocol) && ports === undefined)
      add('is left out', 'ports, for example [443] or [1-65535]');
    if (!hasPorts(protocol) && ports !== undefined)
      add('has no meaning here', `protocol ${PORTED_NAMES.join(', ')}`);
  });

/** A protocol by number ({@link ANY_PROTOCOL}: all) and, where it has ports, which. */
export type ServiceEntry = z.output<typeof serviceEntry>;

export const serviceField = z.array(serviceEntry).min(1).max(256);
