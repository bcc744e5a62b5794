/** Every kind of sink. */
import { z } from 'zod';
import { alertmanagerSinks } from './alertmanager/alertmanager-sink.ts';
import { mattermostSinks, slackSinks, teamsSinks } from './chat/chat-sink.ts';
import { emailSinks } from './email/email-sink.ts';
import { sinkInvalid } from './errors.ts';
import { routed } from './escalation-route.ts';
import { escalationSteps, unknownSinks } from './escalation-settings.ts';
import { fileSinks } from './file-sink.ts';
import { httpSinks } from './http/http-sink.ts';
import { journalSinks } from './journal/journal-sink.ts';
import type { AlertSink, Subscription } from './sink.ts';
import { wishesOf } from './sink-settings.ts';
import type { SinkContext } from './sink-type.ts';
import { syslogSinks } from './syslog/syslog-sink.ts';
import { webhookSinks } from './webhook-sink.ts';

const TYPES = [
  journalSinks,
  fileSinks,
  httpSinks,
  syslogSinks,
  webhookSinks,
  slackSinks,
  teamsSinks,
  mattermostSinks,
  emailSinks,
  alertmanagerSinks,
] as const;

type SettingsOf<T extends readonly { readonly settings: z.ZodObject }[]> = {
  -readonly [K in keyof T]: T[K]['settings'];
};

export const sinkSettings = z.discriminatedUnion(
  'type',
  TYPES.map(({ settings }) => settings) as unknown as SettingsOf<typeof TYPES>,
);
export type SinkSettings = z.output<typeof sinkSettings>;

const MOST_SINKS = 32;

/** `webhook` is how the only sink was written before there were many. */
export const alertSettings = z
  .strictObject({
    webhook: webhookSinks.settings.omit({ type: true, name: true }).optional(),
    sinks: z.array(sinkSettings).max(MOST_SINKS).default([]),
    /** Where people find the console; what is sent to people links to it. */
    publicUrl: z.url({ protocol: /^https?$/, error: 'an http or https URL' }).optional(),
    escalation: escalationSteps.optional(),
  })
  .transform(({ webhook, sinks, ...others }) =>
    webhook === undefined
      ? { sinks, ...others }
      : { sinks: [...sinks, { type: 'webhook' as const, ...webhook }], ...others },
  )
  .superRefine(({ sinks, escalation = [] }, { addIssue }) => {
    // An Alertmanager is told what holds, so there is nothing to escalate to.
    const known = sinks.filter(({ type }) => type !== 'alertmanager').map(nameOf);
    for (const name of unknownSinks(escalation, known)) {
      const message = `there is no sink ${name} that can be told`;
      addIssue({ code: 'custom', path: ['escalation'], message });
    }
    for (const [name, same] of Map.groupBy(sinks, nameOf)) {
      const problem = `${same.length} sinks are called ${name}: give each a name`;
      if (same.length > 1) addIssue({ code: 'custom', path: ['sinks'], message: problem });
    }
  });
export type AlertSettings = z.output<typeof alertSettings>;

const JOURNAL = journalSinks.settings.parse({ type: 'journal' });

/**
 * The sinks as configured, and standard error where they do not say what goes to the journal.
 * @throws AlertError PENSTOCK_ALERT_SINK_INVALID
 */
export function openSinks({ sinks }: AlertSettings, context: SinkContext): Subscription[] {
  const all = sinks.some(({ type }) => type === 'journal') ? sinks : [JOURNAL, ...sinks];
  return all.map((settings) => routed({ sink: open(settings, context), ...wishesOf(settings) }));
}

function open(settings: SinkSettings, context: SinkContext): AlertSink {
  const name = nameOf(settings);
  const found = TYPES.find(({ type }) => type === settings.type);
  if (found === undefined) throw sinkInvalid(name, `there is no type ${settings.type}`);
  // The schema has tied the settings to the type.
  return found.open(name, settings as never, context);
}

function nameOf({ name, type }: SinkSettings): string {
  return name ?? type;
}
