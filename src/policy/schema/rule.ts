/** Allow rules. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { icmpField } from './icmp.ts';
import { prefixesField } from './prefix.ts';
import { durationField, rateField, sizeField } from './quantity.ts';
import { nameField, proseField, refusal, textField } from './text.ts';

/** RFC 3339 date and time with zone. Returns ms since the epoch. */
export function parseInstant(text: string): number {
  const shaped = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  try {
    if (shaped) return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    // A day or hour that does not exist: reported below like a wrong shape.
  }
  throw new PolicyTextError(text, 'no point in time', "RFC 3339 with zone, like '2027-03-31T00:00:00Z'");
}

export const instantField = textField({
  parse: parseInstant,
  description: 'Point in time, RFC 3339 with zone',
  examples: ['2027-03-31T00:00:00Z'],
});

const limitsField = z
  .strictObject({
    bytesOut: z.strictObject({ max: sizeField, per: durationField }).optional(),
    newConnections: z.strictObject({ rate: rateField, burst: z.int().min(1).max(1e6) }).optional(),
    concurrentConnections: z.int().min(1).max(1e6).optional(),
  })
  .refine((limits) => Object.keys(limits).length > 0, {
    error: refusal('is empty', 'bytesOut, newConnections or concurrentConnections'),
  })
  .meta({ description: 'Limits of each host under this rule' });

/** Sizes in bytes, spans in ms, rates in connections a second. */
export type Limits = z.output<typeof limitsField>;

const destinationField = z
  .strictObject({ sets: z.array(nameField).default([]), cidrs: prefixesField.default([]) })
  .refine(({ sets, cidrs }) => sets.length + cidrs.length > 0, {
    error: refusal('names no destination', 'sets or cidrs; 0.0.0.0/0 and ::/0 stand for all'),
  });

export const ruleField = z
  .strictObject({
    id: nameField,
    description: proseField.optional(),
    from: z.array(nameField).min(1).meta({ description: 'Host groups' }),
    to: destinationField,
    services: z.array(nameField).default([]),
    icmp: z.array(icmpField).default([]),
    limits: limitsField.optional(),
    schedule: nameField.optional(),
    owner: proseField.optional(),
    ticket: proseField.optional(),
    expires: instantField.optional().meta({ description: 'From then on the rule allows nothing' }),
  })
  .superRefine(({ services, icmp }, context) => {
    if (services.length + icmp.length > 0) return;
    context.addIssue({
      code: 'custom',
      message: refusal('allows no service', 'services or icmp'),
    });
  });

export type RuleText = z.output<typeof ruleField>;
