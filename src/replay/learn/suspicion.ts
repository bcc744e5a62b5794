/**
 * What must not be learnt without a person's word, from what detectors say of a host with a high or critical incident:
 *
 *   scan                            the host is suspicious, not what it tried
 *   many destinations at once       the host
 *   a destination outside           the destination, whatever the service: what is a controller is one on every port
 *   a destination inside            the service: it is a server of ours that others use too
 */
import { type Address, copyAddress, formatAddress, parseAddress } from '../../address/address.ts';
import type { Finding } from '../../detection/finding.ts';
import { isInside } from '../../detection/surroundings.ts';
import { isWeight } from '../../incident/fusion.ts';
import {
  acts,
  type Evidence,
  type Incident,
  isPolicyCause,
  type Service,
  type Severity,
} from '../../incident/incident.ts';
import { serviceOf } from '../../incident/service.ts';
import { LAST_KEY } from '../../policy/key-range.ts';
import type { KeyRange } from '../../policy/policy.ts';
import { hasPorts } from '../../policy/schema/protocol.ts';

export interface Suspicion {
  readonly host: Address;
  /** null: the host as a whole. */
  readonly destination: Address | null;
  /** The services of the destination. */
  readonly keys: KeyRange;
  /** What said so: a detector, or a deny list. */
  readonly cause: string;
  /** Of the incident of the host. */
  readonly severity: Severity;
  /** What happened and what is normal, for a person. */
  readonly reason: string;
}

type Saying = Pick<Evidence, 'detector' | 'service' | 'confidence' | 'happened' | 'normal'>;

/** Less sure sayings are no suspicion of their own, however bad the host. */
const CREDIBLE = 0.5;
const ANY: KeyRange = { first: 0, last: LAST_KEY };

export function isCredible({ detector, confidence }: Pick<Saying, 'detector' | 'confidence'>): boolean {
  return !isWeight(detector) && confidence >= CREDIBLE;
}

export function suspicionOf({ flow, scope, ...saying }: Finding, severity: Severity): Suspicion {
  const destination = scope === 'host' ? null : copyAddress(flow.destination);
  const service = scope === 'service' ? serviceOf(flow) : null;
  return suspicion({ ...saying, service }, copyAddress(flow.host), destination, severity);
}

/** What incidents of a daemon say: those that act, whatever their cause. */
export function suspicionsIn(incidents: readonly Incident[]): Suspicion[] {
  return incidents.filter(({ severity }) => acts(severity)).flatMap(sayings);
}

function sayings(incident: Incident): Suspicion[] {
  const host = parseAddress(incident.host);
  if (isPolicyCause(incident.cause)) return denied(incident, host);
  return incident.evidence
    .filter(isCredible)
    .map((evidence) => suspicion(evidence, host, addressOf(evidence.destination), incident.severity));
}

/** A deny list hit, the one thing of the policy's own that is high; it is about the address as a whole. */
function denied({ cause, severity, destination, translated, reasons }: Incident, host: Address): Suspicion[] {
  const ends = [destination, translated].filter((end) => end !== null);
  const shared = { host, severity, cause, keys: ANY, reason: reasons.join(' ') };
  return ends.map((end) => ({ ...shared, destination: parseAddress(end) }));
}

function suspicion(
  { detector, service, happened, normal }: Saying,
  host: Address,
  named: Address | null,
  severity: Severity,
): Suspicion {
  const destination = detector === 'scan' ? null : named;
  const keys = destination !== null && isInside(destination) ? keysOf(service) : ANY;
  return { host, destination, keys, cause: detector, severity, reason: `${happened} ${normal}` };
}

/** All types of ICMP count as one service here, as they do for the detectors. */
function keysOf(service: Service | null): KeyRange {
  if (service === null) return ANY;
  const base = service.protocol << 16;
  if (!hasPorts(service.protocol)) return { first: base, last: base | 0xffff };
  return { first: base | (service.port ?? 0), last: base | (service.port ?? 0) };
}

function addressOf(text: string | null): Address | null {
  return text === null ? null : parseAddress(text);
}

/** Two sayings of one thing have the same. */
export function findingKey({ detector, flow, scope }: Finding): string {
  const { host, destination, protocol, destinationPort } = flow;
  const where = scope === 'host' ? '' : formatAddress(destination);
  return `${detector} ${formatAddress(host)} ${where} ${scope === 'service' ? `${protocol}/${destinationPort}` : ''}`;
}
