/** What is done about a finding, and what is never done. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { ANOMALY_DETECTORS } from './detectors.ts';
import { prefixesField } from './prefix.ts';
import { PORTED_NAMES, protocolNumber } from './protocol.ts';
import { durationField } from './quantity.ts';
import { parsePorts } from './service.ts';
import { refusal, textField } from './text.ts';

/** Everything that can find something wrong: the policy itself, and detectors. */
export const DETECTORS = ['policyViolation', 'denyList', 'limit', ...ANOMALY_DETECTORS] as const;
export type DetectorName = (typeof DETECTORS)[number];

const answer = {
  action: z.enum(['alert', 'block', 'quarantine']),
  target: z.enum(['flow', 'destination', 'host']).optional(),
  ttl: durationField.optional().meta({ description: 'How long a block stands; default 1h' }),
  approval: z.enum(['none', 'provisional', 'required']).optional(),
  holdFor: durationField.optional().meta({ description: 'How long a provisional block waits; default 10m' }),
  approvalTimeout: durationField
    .optional()
    .meta({ description: 'How long a required approval waits; default 30m' }),
  allowTo: prefixesField.optional().meta({ description: 'What a quarantined host may still reach' }),
};

const answerField = z.strictObject(answer);
export type AnswerText = z.output<typeof answerField>;

const WITHOUT_ALERT = ['target', 'ttl', 'approval', 'holdFor', 'approvalTimeout', 'allowTo'] as const;

/** Fields that would have no effect together are refused, so that nobody relies on them. */
function checkAnswer(answer: AnswerText, context: z.core.$RefinementCtx): void {
  const add = (path: string, message: string, expected: string) =>
    context.addIssue({ code: 'custom', path: [path], message: refusal(message, expected) });
  if (answer.action === 'alert') {
    for (const field of WITHOUT_ALERT) {
      if (answer[field] !== undefined) add(field, 'has no meaning with action alert', 'leave it out');
    }
    return;
  }
  const needed = answer.action === 'quarantine' ? ['host'] : ['flow', 'destination'];
  if (answer.target === undefined ? answer.action === 'block' : !needed.includes(answer.target)) {
    add('target', `does not fit action ${answer.action}`, needed.join(' or '));
  }
  if (answer.holdFor !== undefined && answer.approval !== 'provisional') {
    add('holdFor', 'has no meaning without approval provisional', 'approval: provisional, or leave it out');
  }
  if (answer.approvalTimeout !== undefined && answer.approval !== 'required') {
    add('approvalTimeout', 'has no meaning without approval required', 'approval: required, or leave it out');
  }
  if (answer.allowTo !== undefined && answer.action !== 'quarantine') {
    add('allowTo', 'has no meaning without action quarantine', 'leave it out');
  }
}

const guardrailsField = z
  .strictObject({
    maxBlocksPerMinute: z
      .int()
      .min(0)
      .max(100_000)
      .default(50)
      .meta({ description: 'Automatic blocks a minute' }),
    maxQuarantinedPercent: z
      .number()
      .min(0)
      .max(100)
      .default(5)
      .meta({ description: 'Share of known hosts' }),
    maxPrefixLength: z
      .strictObject({ ipv4: z.int().min(0).max(32).default(24), ipv6: z.int().min(0).max(128).default(64) })
      .prefault({})
      .meta({ description: 'Widest prefix that an automatic action may block' }),
  })
  .meta({ description: 'Limits of automatic actions' });

/** `maxPrefixLength`: the widest prefix that an automatic action may block; 24 refuses a /16. */
export type Guardrails = z.output<typeof guardrailsField>;

export const responseField = z.strictObject({
  default: answerField.superRefine(checkAnswer).prefault({ action: 'alert' }),
  actions: z
    .array(z.strictObject({ detector: z.enum(DETECTORS), ...answer }).superRefine(checkAnswer))
    .max(DETECTORS.length)
    .default([]),
  guardrails: guardrailsField.prefault({}),
});

/** `tcp/22`: traffic to this port is never blocked. */
function parsePortName(text: string): { protocol: number; first: number; last: number } {
  const [name, ports, ...rest] = text.split('/');
  const protocol = PORTED_NAMES.includes(name) ? protocolNumber(name) : undefined;
  if (protocol === undefined || ports === undefined || rest.length > 0) {
    throw new PolicyTextError(
      text,
      'no protocol and port',
      `tcp/22: one of ${PORTED_NAMES.join(', ')}, / and a port`,
    );
  }
  return { protocol, ...parsePorts(ports) };
}

export const neverBlockField = z
  .strictObject({
    destinations: prefixesField.default([]),
    sources: prefixesField.default([]),
    ports: z
      .array(
        textField({ parse: parsePortName, description: 'Protocol and port', examples: ['tcp/22', 'udp/53'] }),
      )
      .default([]),
  })
  .meta({ description: 'What no automatic action may touch' });

export type NeverBlockText = z.output<typeof neverBlockField>;
