/** The policy file as a whole, and the parts of one that it may include. */
import * as z from 'zod';
import { parseAddress } from '../../address/address.ts';
import { denyListField, relativePathField } from './deny-list.ts';
import { detectorsField } from './detectors.ts';
import { enforcementField } from './enforcement.ts';
import { evidenceField } from './evidence.ts';
import { addressSetField, hostGroupField } from './group.ts';
import { namesField } from './names.ts';
import { probeField } from './probe.ts';
import { neverBlockField, responseField } from './response.ts';
import { instantField, ruleField } from './rule.ts';
import { scheduleField } from './schedule.ts';
import { serviceField } from './service.ts';
import { nameField, proseField, refusal, textField } from './text.ts';

const named = <T extends z.ZodType>(value: T) => z.record(nameField, value).default({});

/** What a policy and an included part may both hold. */
const shared = {
  hostGroups: named(hostGroupField),
  addressSets: named(addressSetField),
  services: named(serviceField),
  schedules: named(scheduleField),
  rules: z.array(ruleField).default([]),
  denyLists: z.array(denyListField).default([]),
};

const testField = z
  .strictObject({
    name: proseField,
    from: textField({ parse: parseAddress, description: 'A host of ours', examples: ['10.1.0.10'] }),
    at: instantField.optional().meta({ description: 'When; the time of the test run when left out' }),
    accept: z.array(probeField).default([]),
    deny: z.array(probeField).default([]),
  })
  .superRefine(({ accept, deny }, context) => {
    if (accept.length + deny.length > 0) return;
    context.addIssue({ code: 'custom', message: refusal('tests nothing', 'accept or deny') });
  });

const header = {
  apiVersion: z.literal('penstock/v1'),
  include: z.array(relativePathField).max(64).default([]),
};

export const policyDocument = z
  .strictObject({
    ...header,
    kind: z.literal('EgressPolicy'),
    metadata: z.strictObject({
      name: nameField,
      owner: proseField.optional(),
      description: proseField.optional(),
    }),
    spec: z.strictObject({
      mode: z.enum(['audit', 'respond', 'enforce']).meta({
        description: 'audit: report; respond: act on findings; enforce: also drop what no rule allows',
      }),
      ...shared,
      defaultAction: z.literal('deny').default('deny').meta({ description: 'What no rule allows' }),
      enforcement: enforcementField.prefault({}),
      neverBlock: neverBlockField.prefault({}),
      names: namesField.optional(),
      detectors: detectorsField.default({}),
      response: responseField.prefault({}),
      evidence: evidenceField.prefault({}),
      tests: z.array(testField).max(10_000).default([]),
    }),
  })
  .meta({ title: 'Penstock egress policy' });

/** An included file: named things, rules and deny lists; settings stay in the policy itself. */
export const policyPart = z.strictObject({
  ...header,
  kind: z.literal('EgressPolicyPart'),
  spec: z.strictObject(shared),
});

export type PolicyDocument = z.output<typeof policyDocument>;
export type PolicyPart = z.output<typeof policyPart>;
