/**
 * A message as a person reads it, before it is put into the form of a chat or a letter: plain, hostile text in parts.
 * Links lead to the console's pages, where the person is asked who they are; none of them does anything by itself.
 */
import type { Severity } from '../../../incident/incident.ts';
import { cut, secondOf } from '../wording.ts';
import type { Message } from './message.ts';
import type { Fact, Notice } from './notice.ts';
import { numbers } from './ranges.ts';

export interface Link {
  readonly text: string;
  readonly url: string;
}

export interface Section {
  readonly heading: string;
  readonly severity: Severity;
  /** Each a sentence or a few. */
  readonly text: readonly string[];
  readonly facts: readonly Fact[];
  readonly links: readonly Link[];
}

export interface Report {
  readonly title: string;
  readonly severity: Severity;
  readonly asks: number;
  readonly sections: readonly Section[];
  /** How many there are that no section tells; empty when each is told. */
  readonly rest: string;
  /** From where, and all numbers: `penstock audit` has each. */
  readonly origin: string;
}

export interface Sender {
  /** Of the machine that Penstock runs on. */
  readonly hostname: string;
  /** Where people find the console, without a slash at the end; null: there are no links. */
  readonly publicUrl: string | null;
}

const MAX_TITLE = 140;
/** Ranges of numbers: a chat has little room for them. */
const MAX_RANGES = 20;
const MAX_KINDS = 8;

export function reportOf(message: Message, sender: Sender, ranges = MAX_RANGES): Report {
  const { severity, asks, notices, sequences, count } = message;
  return {
    title: cut(titleOf(message), MAX_TITLE),
    severity,
    asks,
    sections: notices.map((notice) => section(notice, sender)),
    rest: restOf(message),
    origin: `${sender.hostname}, ${count === 1 ? 'alert' : 'alerts'} ${numbers(sequences, ranges)}`,
  };
}

function titleOf({ count, kind, notices, asks, fromMs, toMs }: Message): string {
  if (count === 1) return notices[0].headline;
  const waits = asks === 0 ? '' : `, ${asks} ${asks === 1 ? 'waits' : 'wait'} for an answer`;
  if (kind === 'summary') return `${count} more alerts in ${span(fromMs, toMs)}${waits}`;
  return `${cut(notices[0].headline, 100)} and ${count - 1} more ${count === 2 ? 'alert' : 'alerts'}${asks > 1 ? waits : ''}`;
}

function restOf({ count, notices, kinds, fromMs, toMs }: Message): string {
  if (count <= notices.length) return '';
  const shown = kinds.slice(0, MAX_KINDS).map(([action, often]) => `${often} ${action}`);
  const others = kinds.length > MAX_KINDS ? ' and others' : '';
  return `${count} alerts from ${secondOf(fromMs)} to ${secondOf(toMs)}, of which the first ${notices.length} by weight are above: ${shown.join(', ')}${others}. Look: penstock audit`;
}

function section(notice: Notice, sender: Sender): Section {
  const { headline, severity, message, story, facts } = notice;
  const text = story.length > 0 ? story : [message];
  return { heading: headline, severity, text, facts, links: links(notice, sender) };
}

function links({ asks, incident }: Notice, { publicUrl }: Sender): Link[] {
  if (publicUrl === null) return [];
  const [kind, id = ''] = asks?.split(' ') ?? [];
  const found: Link[] = [];
  if (kind === 'trial') found.push({ text: 'Confirm or take back', url: `${publicUrl}/revisions` });
  else if (kind !== undefined)
    found.push({ text: `Approve or reject ${id}`, url: `${publicUrl}/approvals#${encodeURIComponent(id)}` });
  if (incident !== null)
    found.push({
      text: `Incident ${incident}`,
      url: `${publicUrl}/incidents/${encodeURIComponent(incident)}`,
    });
  return found;
}

/** `the last 10 minutes` would be wrong by the time it is read. */
function span(fromMs: number, toMs: number): string {
  const minutes = Math.max(1, Math.round((toMs - fromMs) / 60_000));
  if (minutes < 120) return minutes === 1 ? 'one minute' : `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
