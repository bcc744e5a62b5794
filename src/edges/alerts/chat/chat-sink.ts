/** Alerts to a channel of Slack, Teams or Mattermost by its incoming webhook: one POST a message. */
import { z } from 'zod';
import type { Dispatch } from '../dispatch.ts';
import { Endpoint, parseEndpoint } from '../endpoint.ts';
import { sinkInvalid, undelivered } from '../errors.ts';
import { FOR_PEOPLE, groupingOf } from '../grouping/group-settings.ts';
import type { GroupingSettings } from '../grouping/grouping.ts';
import type { Message } from '../grouping/message.ts';
import type { MessageSink } from '../grouping/message-sink.ts';
import { type Report, reportOf, type Sender } from '../grouping/report.ts';
import { toldAtOnce } from '../grouping/told-at-once.ts';
import { SecretFile } from '../secret-file.ts';
import { filePath } from '../sink-settings.ts';
import { sinkType } from '../sink-type.ts';
import { mattermostMessage } from './mattermost.ts';
import { slackMessage } from './slack.ts';
import { teamsMessage } from './teams.ts';

/** What a service wants to be posted. */
const FORMATS = { slack: slackMessage, teams: teamsMessage, mattermost: mattermostMessage } as const;
export type ChatService = keyof typeof FORMATS;

const settings = <T extends ChatService>(type: T) =>
  z.strictObject({
    type: z.literal(type),
    ...FOR_PEOPLE,
    /** A file that holds the webhook's URL: who knows it can write into the channel. */
    urlFile: filePath,
  });

const chatSinks = <T extends ChatService>(type: T) =>
  sinkType({
    type,
    settings: settings(type),
    open(name, { urlFile, group }, { path, sender }) {
      const url = new SecretFile(path(urlFile));
      return new ChatSink({ type, name, url, sender, grouping: groupingOf(group) });
    },
  });

export const slackSinks = chatSinks('slack');
export const teamsSinks = chatSinks('teams');
export const mattermostSinks = chatSinks('mattermost');

export interface ChatSinkSettings {
  readonly type: ChatService;
  readonly name: string;
  readonly url: Pick<SecretFile, 'readToken'>;
  readonly sender: Sender;
  readonly grouping: GroupingSettings;
  /** For one attempt. */
  readonly timeoutMs?: number;
}

export class ChatSink implements MessageSink {
  readonly name: string;
  readonly type: ChatService;
  readonly grouping: GroupingSettings;
  readonly #url: ChatSinkSettings['url'];
  readonly #sender: Sender;
  readonly #render: (report: Report) => unknown;
  readonly #endpoint: Endpoint;

  /** @throws AlertError PENSTOCK_ALERT_SINK_INVALID */
  constructor({ type, name, url, sender, grouping, timeoutMs }: ChatSinkSettings) {
    this.name = name;
    this.type = type;
    this.grouping = grouping;
    this.#url = url;
    this.#sender = sender;
    this.#render = FORMATS[type];
    this.#endpoint = new Endpoint({ label: type, ...(timeoutMs !== undefined && { timeoutMs }) });
    try {
      this.#address();
    } catch (cause) {
      throw sinkInvalid(name, (cause as Error).message, cause);
    }
  }

  deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    return this.send(toldAtOnce(dispatches), signal);
  }

  async send(message: Message, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(this.#render(reportOf(message, this.#sender)));
    await this.#endpoint.post(this.#address(), body, { 'Idempotency-Key': message.id }, signal);
  }

  /** Read again each time, so that it can be changed. */
  #address(): URL {
    const text = this.#url.readToken();
    try {
      return parseEndpoint(this.name, text);
    } catch (cause) {
      throw undelivered((cause as Error).message, { cause });
    }
  }
}
