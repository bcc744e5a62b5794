/**
 * ArcSight Common Event Format, version 0 (Micro Focus Security ArcSight Common Event Format, rev. 26):
 *
 *   CEF:0|vendor|product|version|event class|name|severity|key=value key=value ...
 *
 * Escaped are `\` and `|` in the header, `\`, `=` and line breaks in values. Names and lengths are the dictionary's;
 * addresses of IPv6 have fields of their own in version 0.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Severity } from '../../../incident/incident.ts';
import type { Dispatch } from '../dispatch.ts';
import { PROTOCOLS } from '../wording.ts';
import { alertName } from './alert-name.ts';

const SEVERITIES: Readonly<Record<Severity, number>> = { low: 3, medium: 5, high: 8, critical: 10 };
const MOST_NAME = 512;
const MOST_TEXT = 1_023;

export function cef(dispatch: Dispatch): string {
  const { action, severity, observer } = dispatch;
  const header = ['Penstock', 'Penstock', observer.version, action, alertName(dispatch).slice(0, MOST_NAME)];
  const fields = Object.entries(extension(dispatch)).flatMap(([key, value]) =>
    value === null ? [] : [`${key}=${escapeValue(String(value))}`],
  );
  return `CEF:0|${header.map(escapeHeader).join('|')}|${SEVERITIES[severity]}|${fields.join(' ')}`;
}

function extension(dispatch: Dispatch): Record<string, string | number | null> {
  const { id, sequence, atMs, actor, facts, message, observer } = dispatch;
  return {
    rt: atMs,
    externalId: sequence,
    dvchost: observer.hostname.slice(0, 100),
    ...addresses(facts.host, facts.destination),
    dpt: facts.service?.port ?? null,
    proto: facts.service && (PROTOCOLS[facts.service.protocol] ?? String(facts.service.protocol)),
    deviceDirection: facts.host === null ? null : 1,
    cat: facts.detector,
    act: facts.decisionState,
    suser: actor === 'penstock' ? null : actor.slice(0, MOST_TEXT),
    msg: message.slice(0, MOST_TEXT).toWellFormed(),
    reason: facts.reasons.join('\n').slice(0, MOST_TEXT).toWellFormed() || null,
    ...labelled('cs', ['alertId', id], ['incident', facts.incident], ['decision', facts.decision]),
    ...labelled('cfp', ['score', facts.score]),
    ...rule(facts.rule),
  };
}

/** The custom fields of one kind are numbered; one that is not there leaves its number out. */
function labelled(
  kind: string,
  ...named: [string, string | number | null][]
): Record<string, string | number> {
  return Object.fromEntries(
    named.flatMap(([label, value], i) =>
      value === null
        ? []
        : [
            [`${kind}${i + 1}Label`, label],
            [`${kind}${i + 1}`, value],
          ],
    ),
  );
}

function rule(id: string | null): Record<string, string> {
  return id === null ? {} : { cs4Label: 'rule', cs4: id };
}

function addresses(host: string | null, destination: string | null): Record<string, string> {
  return {
    ...(host !== null && address(host, 'src', 'c6a2', 'Source IPv6 Address')),
    ...(destination !== null && address(destination, 'dst', 'c6a3', 'Destination IPv6 Address')),
  };
}

/** A prefix of more than one address has no field. */
function address(text: string, v4: string, v6: string, label: string): Record<string, string> {
  const [ip = '', length] = text.split('/');
  if (isIPv4(ip) && (length ?? '32') === '32') return { [v4]: ip };
  if (isIPv6(ip) && (length ?? '128') === '128') return { [`${v6}Label`]: label, [v6]: ip };
  return { cs5Label: 'prefix', cs5: text };
}

function escapeHeader(text: string): string {
  return plain(text)
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\|]/g, '\\$&');
}

function escapeValue(text: string): string {
  return plain(text)
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n');
}

/** Line breaks can be told; other control and formatting characters would only do harm. */
function plain(text: string): string {
  return text.toWellFormed().replace(/(?![\r\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
