/** How addresses, services and times are put into the sentence that wakes somebody up. */
import type { Decision, Target } from '../../decision/decision.ts';
import type { Service } from '../../incident/incident.ts';

/** IANA protocol numbers with a name that people use. */
export const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'ipv6-icmp',
  132: 'sctp',
};

const MAX_MESSAGE = 1_000;
const MAX_LISTED = 5;
/** The latest time that a Date can hold. */
const LATEST_MS = 8.64e15;

/** One line of bounded length without control and formatting characters, whatever went into it. */
export function sentence(text: string): string {
  return cut(oneLine(text), MAX_MESSAGE);
}

/** Without what breaks a line or is not seen. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 4)} ...`.toWellFormed();
}

/** `tcp/443`, `icmp`, `protocol 47`. */
export function service({ protocol, port }: Service): string {
  const name = PROTOCOLS[protocol] ?? `protocol ${protocol}`;
  return port === null ? name : `${name}/${port}`;
}

/** To the second, where a minute is long. */
export function secondOf(ms: number): string {
  return `${new Date(Math.min(ms, LATEST_MS)).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function time(ms: number): string {
  return `${new Date(Math.min(ms, LATEST_MS)).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function list(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  return items.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** With a full stop, unless it ends in one. */
export function closed(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What to type to do it by hand. */
export function byHand(target: Target): string {
  if (target.kind === 'host') return `penstock quarantine ${target.host} --ttl 1h --reason TEXT`;
  const what = target.kind === 'flow' ? target.destination : target.prefix;
  return `penstock block ${what} --ttl 1h --reason TEXT`;
}

/** The traffic that a decision stops. */
export function traffic(target: Target): string {
  switch (target.kind) {
    case 'flow':
      return `${target.host} to ${target.destination} ${service(target.service)}`;
    case 'destination':
      return `all traffic with ${target.prefix}`;
    case 'host': {
      const exceptions = target.allowTo.length > 0 ? ` except to ${list(target.allowTo)}` : '';
      return `all traffic of ${target.host}${exceptions}`;
    }
  }
}

/** What a quarantine stops besides the address named, and what not. */
export function coverageWords({ target, coverage }: Decision): string {
  if (target.kind !== 'host' || coverage === undefined) return '';
  const { stations, addresses, gaps } = coverage;
  const covered = [...stations.map(({ mac }) => `station ${mac}`), ...addresses];
  const also = covered.length > 0 ? `covers ${list(covered)}.` : '';
  const not = gaps.map(({ text }) => `Not covered: ${closed(text)}`);
  return [also, ...not].filter((part) => part !== '').join(' ');
}

export function until({ expiresAtMs }: Decision): string {
  return expiresAtMs === null ? '' : ` until ${time(expiresAtMs)}`;
}
