import { z } from 'zod';
import { type Coverage, GAP_REASONS } from '../../../decision/coverage.ts';
import type { Decision, Enforcement, Origin, Target } from '../../../decision/decision.ts';
import { serviceSchema } from './incident.ts';

export const decisionState = z.enum([
  'pending',
  'provisional',
  'active',
  'rejected',
  'lapsed',
  'expired',
  'revoked',
]);

const targetSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('flow'),
      host: z.string(),
      destination: z.string(),
      service: serviceSchema,
    }),
    z.object({ kind: z.literal('destination'), prefix: z.string() }),
    z.object({ kind: z.literal('host'), host: z.string(), allowTo: z.array(z.string()).readonly() }),
  ])
  .meta({ id: 'Target' }) satisfies z.ZodType<Target>;

const originSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('automatic'), detector: z.string() }),
  z.object({ kind: z.literal('manual'), actor: z.string() }),
]) satisfies z.ZodType<Origin>;

const enforcementSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('none') }),
  z.object({ status: z.literal('pending') }),
  z.object({ status: z.literal('applied'), atMs: z.number() }),
  z.object({ status: z.literal('failed'), atMs: z.number(), error: z.string() }),
]) satisfies z.ZodType<Enforcement>;

const answerSchema = z.object({
  verb: z.enum(['approve', 'reject', 'revoke']),
  actor: z.string(),
  atMs: z.number(),
  reason: z.string(),
});

const coverageSchema = z
  .object({
    stations: z
      .array(z.object({ mac: z.string(), link: z.string(), bridge: z.string().nullable() }))
      .readonly()
      .meta({ description: "The host's link-layer addresses on attached networks." }),
    addresses: z.array(z.string()).readonly().meta({ description: 'Besides the one named.' }),
    released: z.array(z.string()).readonly().meta({ description: 'Were covered and have moved elsewhere.' }),
    gaps: z
      .array(z.object({ reason: z.enum(GAP_REASONS), text: z.string() }))
      .readonly()
      .meta({ description: 'What is not stopped, and why.' }),
  })
  .meta({ id: 'Coverage' }) satisfies z.ZodType<Coverage>;

export const decisionSchema = z
  .object({
    id: z.string(),
    incident: z.string().nullable(),
    origin: originSchema,
    action: z.enum(['block', 'quarantine']),
    target: targetSchema,
    approval: z.enum(['none', 'provisional', 'required']),
    ttlMs: z.number(),
    state: decisionState,
    createdAtMs: z.number(),
    answerByMs: z.number().nullable(),
    expiresAtMs: z.number().nullable(),
    persons: z
      .literal(2)
      .optional()
      .meta({ description: 'How many different persons must want it; left out: one.' }),
    reason: z.string(),
    answers: z.array(answerSchema).readonly(),
    coverage: coverageSchema
      .optional()
      .meta({ description: 'What a quarantine stops besides the address named.' }),
    enforcement: enforcementSchema,
  })
  .meta({ id: 'Decision' }) satisfies z.ZodType<Decision>;
