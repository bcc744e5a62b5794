/** ICMP types by name. Numbers: IANA icmp-parameters and icmpv6-parameters; names as in nftables. */
import * as z from 'zod';
import { describeType, refusal } from './text.ts';

export const ICMP_TYPES: Readonly<Record<'ipv4' | 'ipv6', Readonly<Record<string, number>>>> = {
  ipv4: {
    'echo-reply': 0,
    'destination-unreachable': 3,
    redirect: 5,
    'echo-request': 8,
    'router-advertisement': 9,
    'router-solicitation': 10,
    'time-exceeded': 11,
    'parameter-problem': 12,
    'timestamp-request': 13,
    'timestamp-reply': 14,
  },
  ipv6: {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'nd-router-solicit': 133,
    'nd-router-advert': 134,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
    'nd-redirect': 137,
  },
};

export function icmpTypeNumber(family: 'ipv4' | 'ipv6', name: string): number | undefined {
  return Object.hasOwn(ICMP_TYPES[family], name) ? ICMP_TYPES[family][name] : undefined;
}

/** The name, or the number as text. */
export function icmpTypeName(family: 'ipv4' | 'ipv6', type: number): string {
  return Object.keys(ICMP_TYPES[family]).find((name) => ICMP_TYPES[family][name] === type) ?? String(type);
}

const typeField = z
  .union([z.int().min(0).max(255), z.string()], {
    error: (issue) => refusal(`is ${describeType(issue.input)}`, 'an ICMP type by name or number (0-255)'),
  })
  .meta({ description: 'ICMP type by name or number', examples: ['echo-request', 8] });

export const icmpField = z
  .strictObject({ family: z.enum(['ipv4', 'ipv6']), types: z.array(typeField).min(1).max(256) })
  .transform(({ family, types }, context) => {
    const numbers = types.map((type, i) => {
      const number = typeof type === 'number' ? type : icmpTypeNumber(family, type);
      if (number !== undefined) return number;
      const expected = `a number from 0 to 255, ${Object.keys(ICMP_TYPES[family]).join(', ')}`;
      const message = `'${type}' is no ICMP type of ${family}`;
      context.addIssue({ code: 'custom', path: ['types', i], message: refusal(message, expected) });
      return z.NEVER;
    });
    return { family, types: numbers };
  });

/** Types as numbers. */
export type IcmpMatch = z.output<typeof icmpField>;
