/** What is done about a finding, and what is never done. */
import * as z from 'zod';
import { PolicyTextError } from '../errors.ts';
import { ANOMALY_DETECTORS } from './detectors.ts';
import { guardrailsField } from './guardrails.ts';
import { prefixesField } from './prefix.ts';
import { PORTED_NAMES, protocolNumber } from './protocol.ts';
import { durationField } from './quantity.ts';
import { parsePorts } from './service.ts';
import { nameField, refusal, textField } from './text.ts';

/** Everything that can find something wrong: the policy itself, and detectors. */
export const DETECTORS = ['policyViolation', 'denyList', 'limit', ...ANOMALY_DETECTORS] as const;
export type DetectorName = (typeof DETECTORS)[number];

const MAX_CANARY = 256;

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
  canary: z.array(nameField).min(1).max(MAX_CANARY).optional().meta({
    description: 'Host groups that it acts on; for other hosts only an alert says what it would have done',
  }),
};

const answerField = z.strictObject(answer);
export type AnswerText = z.output<typeof answerField>;

const WITHOUT_ALERT = [
  'target',
  'ttl',
  'approval',
  'holdFor',
  'approvalTimeout',
  'allowTo',
  'canary',
] as const;

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
  // Such a block stands for everybody, whichever host gave rise to it.
  if (answer.canary !== undefined && answer.target === 'destination') {
    add('canary', 'has no meaning with target destination', 'target flow, or leave it out');
  }
}

const responseFields = z.strictObject({
  default: answerField.superRefine(checkAnswer).prefault({ action: 'alert' }),
  actions: z
    .array(z.strictObject({ detector: z.enum(DETECTORS), ...answer }).superRefine(checkAnswer))
    .max(DETECTORS.length)
    .default([]),
  guardrails: guardrailsField.prefault({}),
});

export const responseField = responseFields.superRefine(checkPersons);

/** A quarantine that asks nobody cannot be what two persons want. */
function checkPersons(response: z.output<typeof responseFields>, context: z.core.$RefinementCtx): void {
  if (!response.guardrails.twoPersons.quarantine) return;
  const check = ({ action, approval }: AnswerText, path: (string | number)[]) => {
    if (action !== 'quarantine' || approval !== 'none') return;
    const message = refusal(
      'does not fit twoPersons.quarantine, which asks two persons',
      'provisional or required',
    );
    context.addIssue({ code: 'custom', path: [...path, 'approval'], message });
  };
  check(response.default, ['default']);
  for (const [i, each] of response.actions.entries()) check(each, ['actions', i]);
}

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
