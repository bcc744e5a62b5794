/** Alerts by email, over one SMTP server. */
import { readFileSync } from 'node:fs';
import MailComposer from 'nodemailer/lib/mail-composer';
import { z } from 'zod';
import type { Dispatch } from '../dispatch.ts';
import { sinkInvalid, undelivered } from '../errors.ts';
import { FOR_PEOPLE, groupingOf } from '../grouping/group-settings.ts';
import type { GroupingSettings } from '../grouping/grouping.ts';
import type { Message } from '../grouping/message.ts';
import type { MessageSink } from '../grouping/message-sink.ts';
import { MAX_RANGES } from '../grouping/ranges.ts';
import { reportOf, type Sender } from '../grouping/report.ts';
import { toldAtOnce } from '../grouping/told-at-once.ts';
import { SecretFile } from '../secret-file.ts';
import { SEVERITIES_RISING, type Severity } from '../severity.ts';
import { filePath } from '../sink-settings.ts';
import { sinkType } from '../sink-type.ts';
import { letterHeaders } from './headers.ts';
import { letterHtml, letterText } from './letter.ts';
import { type SmtpLogin, type SmtpServer, sendLetter } from './smtp.ts';

/** Local part and domain without signs that mean something in a header or to a mail server (RFC 5321 section 4.1.2). */
const address = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    'an email address',
  );

/** Who gets all that the sink wants, or only what is at least so bad. */
const recipient = z.union([
  address.transform((given) => ({ address: given, minSeverity: 'low' as Severity })),
  z.strictObject({ address, minSeverity: z.enum(SEVERITIES_RISING) }),
]);

const settings = z.strictObject({
  type: z.literal('email'),
  ...FOR_PEOPLE,
  /** `mail.example:587`, `[2001:db8::25]:25` */
  server: z.string().regex(/^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'HOST:PORT'),
  /** `none` only for a server on this machine. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  /** Certificates (PEM) that the server's is checked against; the system's, when left out. */
  caFile: filePath.optional(),
  /** A file that holds user and password, a line each. */
  authFile: filePath.optional(),
  from: address,
  to: z.array(recipient).min(1).max(50),
});

export const emailSinks = sinkType({
  type: 'email',
  settings,
  open(name, { server, tls, caFile, authFile, from, to, group }, { path, sender }) {
    const found = /^\[?(.+?)\]?:(\d+)$/.exec(server);
    const [host, port] = [found?.[1] ?? '', Number(found?.[2])];
    if (port < 1 || port > 65_535) throw sinkInvalid(name, `server: ${port} is no port`);
    if (tls === 'none' && !isLoopback(host))
      throw sinkInvalid(name, `tls: none is for a server on this machine, and ${host} is another`);
    const ca = caFile === undefined ? undefined : readCertificates(name, path(caFile));
    return new EmailSink({
      name,
      server: { host, port, tls, ...(ca !== undefined && { ca }) },
      auth: authFile === undefined ? undefined : new SecretFile(path(authFile)),
      from,
      to,
      sender,
      grouping: groupingOf(group),
    });
  },
});

export interface Recipient {
  readonly address: string;
  readonly minSeverity: Severity;
}

export interface EmailSettings {
  readonly name: string;
  readonly server: SmtpServer;
  readonly auth?: Pick<SecretFile, 'read'> | undefined;
  readonly from: string;
  readonly to: readonly Recipient[];
  readonly sender: Sender;
  readonly grouping: GroupingSettings;
}

export class EmailSink implements MessageSink {
  readonly name: string;
  readonly type = 'email';
  readonly grouping: GroupingSettings;
  readonly #settings: EmailSettings;

  /** @throws AlertError PENSTOCK_ALERT_SINK_INVALID */
  constructor(settings: EmailSettings) {
    this.name = settings.name;
    this.grouping = settings.grouping;
    this.#settings = settings;
    try {
      this.#login();
    } catch (cause) {
      throw sinkInvalid(this.name, (cause as Error).message, cause);
    }
  }

  deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    return this.send(toldAtOnce(dispatches), signal);
  }

  async send(message: Message, signal: AbortSignal): Promise<void> {
    const { server, from } = this.#settings;
    const to = this.#recipients(message.severity);
    if (to.length === 0) return;
    const letter = await this.#compose(message, to);
    await sendLetter(server, this.#login(), { from, to }, letter, signal);
  }

  #recipients(severity: Severity): string[] {
    const rank = SEVERITIES_RISING.indexOf(severity);
    const wanting = this.#settings.to.filter(
      ({ minSeverity }) => SEVERITIES_RISING.indexOf(minSeverity) <= rank,
    );
    return wanting.map(({ address }) => address);
  }

  /** The same message gives the same bytes. */
  async #compose(message: Message, to: string[]): Promise<Buffer> {
    const { from, sender } = this.#settings;
    const report = reportOf(message, sender, MAX_RANGES);
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const composer = new MailComposer({
      ...letterHeaders(message, report, sender, domain),
      from: { name: 'Penstock', address: from },
      to,
      text: letterText(report),
      html: letterHtml(report),
      baseBoundary: message.id.slice(0, 32),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return await composer.compile().build();
  }

  /** Read again each time, so that it can be changed. */
  #login(): SmtpLogin | undefined {
    const lines = this.#settings.auth?.read().split(/\r?\n/);
    if (lines === undefined) return undefined;
    const [user, password] = lines;
    if (lines.length !== 2 || user === '' || password === '')
      throw undelivered('the file to log in with holds user and password, a line each');
    return { user, password };
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function readCertificates(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw sinkInvalid(name, `caFile: ${(cause as Error).message}`, cause);
  }
}
