/**
 * What an email is called and what it belongs to. The same message always has the same `Message-ID`, so a mail store
 * that gets it twice keeps one. All that is about one incident refers to a letter that was never sent, and so stands in
 * one thread, whichever of it arrives first (RFC 5322 section 3.6.4).
 */
import type { Message } from '../grouping/message.ts';
import type { Report, Sender } from '../grouping/report.ts';

const MAX_REFERENCES = 5;

export interface LetterHeaders {
  readonly subject: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string[];
  readonly date: Date;
  readonly priority: 'high' | 'normal';
  readonly headers: Readonly<Record<string, string>>;
}

/** @param domain of the address that it comes from */
export function letterHeaders(
  message: Message,
  report: Report,
  sender: Sender,
  domain: string,
): LetterHeaders {
  const incidents = message.notices.map(({ incident }) => incident).filter((id) => id !== null);
  const threads = [...new Set(incidents)].slice(0, MAX_REFERENCES).map((id) => threadOf(id, sender, domain));
  const isUrgent = report.severity === 'critical' || report.asks > 0;
  return {
    subject: `[Penstock ${report.severity}] ${report.title}`,
    messageId: `<${message.id.slice(0, 40)}@${domain}>`,
    ...(threads.length > 0 && { inReplyTo: threads[0], references: threads }),
    date: new Date(message.toMs),
    priority: isUrgent ? 'high' : 'normal',
    // No out-of-office note answers us (RFC 3834 section 5).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

function threadOf(incident: string, { hostname }: Sender, domain: string): string {
  const host = hostname.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  return `<incident.${incident.replaceAll(/[^A-Za-z0-9]/g, '-')}.${host}@${domain}>`;
}
