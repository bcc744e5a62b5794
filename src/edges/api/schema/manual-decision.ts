/** A block or a quarantine that a person asks for. */
import { z } from 'zod';
import { hasPorts } from '../../../policy/schema/protocol.ts';
import { addressText, force, prefixText, requiredReason } from './text.ts';

const SECOND_MS = 1_000;
const YEAR_MS = 366 * 86_400_000;

const service = z
  .strictObject({
    protocol: z.int().min(0).max(255).meta({ description: 'IANA protocol number.' }),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .nullable()
      .default(null)
      .meta({ description: 'null: the whole protocol.' }),
  })
  .refine(({ protocol, port }) => port === null || hasPorts(protocol), {
    path: ['port'],
    message: 'this protocol has no ports',
  });

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flow'), host: addressText, destination: addressText, service }),
  z.strictObject({ kind: z.literal('destination'), prefix: prefixText }),
  z.strictObject({
    kind: z.literal('host'),
    host: addressText,
    allowTo: z.array(prefixText).max(64).default([]),
  }),
]);

export const manualDecision = z
  .strictObject({
    target,
    ttlMs: z
      .int()
      .min(SECOND_MS)
      .max(YEAR_MS)
      .meta({ description: 'How long it stands, from 1 s to 366 d.' }),
    reason: requiredReason,
    force,
  })
  .meta({
    example: {
      target: { kind: 'destination', prefix: '203.0.113.9/32' },
      ttlMs: 3_600_000,
      reason: 'seen in a report of another team',
    },
  });
