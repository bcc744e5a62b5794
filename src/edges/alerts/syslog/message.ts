/**
 * One syslog message (RFC 5424):
 *
 *   <PRI>1 TIMESTAMP HOSTNAME penstock - MSGID [penstock@NUMBER id="..." ...][origin ...] MSG
 *
 * MSGID is the alert's event, `id` the same for one that is sent again; no process id, which would differ then. With
 * another format, MSG is that format's line and carries all, so there is no structured data.
 */
import type { Severity } from '../../../incident/incident.ts';
import type { Dispatch } from '../dispatch.ts';
import { asLine, type Format, shortened } from '../format/format.ts';
import { oneLine, PROTOCOLS } from '../wording.ts';

/** By number (RFC 5424, 6.2.1). */
export const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6'],
  'local7',
] as const;

export type MessageFormat = 'rfc5424' | Format;

export interface MessageShape {
  readonly format: MessageFormat;
  readonly facility: (typeof FACILITIES)[number];
  /** After the `@` of our structured data: a private enterprise number. */
  readonly enterpriseId: number;
  /** Of the whole message; a longer one is told with less. */
  readonly maxBytes: number;
}

/** critical, error, warning, notice (RFC 5424, 6.2.1). */
const SEVERITIES: Readonly<Record<Severity, number>> = { critical: 2, high: 3, medium: 4, low: 5 };
const MOST_HOSTNAME = 255;
const MOST_MSGID = 32;
const SHORTER = [1_000, 400, 150, 50, 20];
/** Says that UTF-8 follows; text in ASCII and other formats go without. */
const BYTE_ORDER_MARK = '\uFEFF';

export function syslogMessage(dispatch: Dispatch, shape: MessageShape): Buffer {
  const header = headerOf(dispatch, shape);
  if (shape.format !== 'rfc5424') {
    const room = shape.maxBytes - Buffer.byteLength(header) - 3;
    return Buffer.from(`${header} - ${asLine(shape.format, dispatch, room)}`);
  }
  let message = text(header, dispatch, shape.enterpriseId);
  for (const length of SHORTER) {
    if (message.length <= shape.maxBytes) break;
    message = text(header, shortened(dispatch, length), shape.enterpriseId);
  }
  return message;
}

function headerOf({ atMs, severity, action, observer }: Dispatch, { facility }: MessageShape): string {
  const priority = FACILITIES.indexOf(facility) * 8 + SEVERITIES[severity];
  const time = new Date(atMs).toISOString();
  return `<${priority}>1 ${time} ${printable(observer.hostname, MOST_HOSTNAME)} penstock - ${printable(action, MOST_MSGID)}`;
}

function text(header: string, dispatch: Dispatch, enterpriseId: number): Buffer {
  const message = oneLine(dispatch.message);
  const mark = /[^\x20-\x7e]/.test(message) ? BYTE_ORDER_MARK : '';
  const origin = element('origin', { software: 'Penstock', swVersion: dispatch.observer.version });
  const ours = element(`penstock@${enterpriseId}`, parameters(dispatch));
  return Buffer.from(`${header} ${ours}${origin} ${mark}${message}`);
}

function parameters({ id, sequence, severity, actor, facts }: Dispatch) {
  const { host, destination, service, detector, rule, score, reasons } = facts;
  return {
    id,
    sequence,
    severity,
    actor,
    host,
    destination,
    protocol: service && (PROTOCOLS[service.protocol] ?? service.protocol),
    port: service?.port ?? null,
    detector,
    rule,
    score,
    incident: facts.incident,
    decision: facts.decision,
    decisionState: facts.decisionState,
    reason: reasons.join(' ') || null,
  };
}

function element(id: string, values: Record<string, string | number | null>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [`${name}="${escapeValue(String(value))}"`],
  );
  return `[${[id, ...given].join(' ')}]`;
}

/** RFC 5424, 6.3.3. Control characters may be changed by whoever passes the message on, so they are left out. */
function escapeValue(value: string): string {
  return oneLine(value).replace(/["\\\]]/g, '\\$&');
}

/** PRINTUSASCII without spaces, and never empty. */
function printable(word: string, most: number): string {
  return word.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-';
}
