/**
 * What detectors say of hosts, one case a host:
 *
 *   finding -> evidence -> score (fusion.ts)
 *
 *             score >= 0.3             severity rises           quiet, or a person, or displaced
 *   noted ------------------> open ----------------> open  ------------------------------------> (none)
 *     |                              raised
 *     +-- quiet: forgotten
 *
 * A case that is only noted is known to nobody else. When MAX_CASES are kept, the one quiet the longest goes, noted
 * ones first; one that would only be noted takes the place of no open one.
 */
import { type Address, copyAddress, formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { Finding } from '../detection/finding.ts';
import type { Flow } from '../flow/flow.ts';
import { isWeight, scoreOf, severityOf } from './fusion.ts';
import {
  acts,
  type Evidence,
  type Incident,
  isPolicyCause,
  type Service,
  type Severity,
} from './incident.ts';
import type { Closure } from './incident-book.ts';
import type { IncidentNumbers } from './incident-numbers.ts';
import { serviceOf } from './service.ts';
import { reasonsOf, tellStory } from './story.ts';

export const MAX_EVIDENCE = 16;
export const MAX_CASES = 10_000;
/** A host of which nothing was said for this long has no case any more. */
export const CASE_QUIET_MS = 24 * 3_600_000;
const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** Less sure evidence does not act by itself, whatever the score of the whole. */
const ACTS_FROM = 0.5;

interface Case {
  readonly host: Address;
  readonly evidence: Map<string, Evidence>;
  /** The findings behind the evidence that is known since the start, the strongest of each. */
  readonly findings: Map<string, Finding>;
  /** Undefined while it is only noted. */
  incident: Incident | undefined;
  lastSeenMs: number;
}

/** What an incident that acts is to act on: a piece of evidence, and a flow that shows it. */
export interface Lead {
  readonly evidence: Evidence;
  readonly flow: Flow;
}

/** What became of an open incident. */
export type CaseNews = { readonly incident: Incident; readonly lead: Lead | undefined } & (
  | { readonly kind: 'updated' }
  | { readonly kind: 'opened'; readonly displaced: Closure | undefined }
  | { readonly kind: 'raised'; readonly from: Severity }
);
export type CaseObserved = CaseNews | { readonly kind: 'noted' };

export interface CaseBookOptions {
  readonly numbers: IncidentNumbers;
  readonly groupsOf: (host: Address) => string[];
  /** The incident of a host is over, whoever closed it. */
  readonly onClosed?: (host: Address) => void;
  readonly maxCases?: number;
  readonly quietMs?: number;
}

export class CaseBook {
  readonly #cases = new AddressMap<Case>();
  readonly #byId = new Map<string, Case>();
  /** The one quiet the longest first. */
  readonly #noted = new Set<Case>();
  readonly #open = new Set<Case>();
  readonly #updated = new Set<Case>();
  readonly #numbers: IncidentNumbers;
  readonly #groupsOf: (host: Address) => string[];
  readonly #onClosed: (host: Address) => void;
  readonly #maxCases: number;
  readonly #quietMs: number;

  constructor({
    numbers,
    groupsOf,
    onClosed = () => {},
    maxCases = MAX_CASES,
    quietMs = CASE_QUIET_MS,
  }: CaseBookOptions) {
    this.#onClosed = onClosed;
    this.#numbers = numbers;
    this.#groupsOf = groupsOf;
    this.#maxCases = maxCases;
    this.#quietMs = quietMs;
  }

  /** Open incidents. */
  get size(): number {
    return this.#open.size;
  }

  get(id: string): Incident | undefined {
    return this.#byId.get(id)?.incident;
  }

  /** The score of a host's case, 0 when there is none. */
  scoreOf(host: Address): number {
    return this.#cases.get(host)?.incident?.score ?? 0;
  }

  observe(finding: Finding, atMs: number): CaseObserved {
    const known = this.#cases.get(finding.flow.host);
    const found = known ?? begun(finding.flow.host, atMs);
    const evidence = addEvidence(found, finding, atMs);
    found.lastSeenMs = atMs;
    const before = found.incident;
    const incident = this.#assess(found, atMs);
    const isNew = known === undefined;
    if (incident === undefined) {
      if (!isNew || this.#hasRoom()) this.#keep(found, this.#noted);
      return { kind: 'noted' };
    }
    const displaced = isNew && !this.#hasRoom() ? this.#displace() : undefined;
    found.incident = incident;
    this.#noted.delete(found);
    this.#keep(found, this.#open);
    if (before === undefined) {
      this.#byId.set(incident.id, found);
      return { kind: 'opened', incident, lead: leadOf(found, incident), displaced };
    }
    if (rank(incident.severity) > rank(before.severity))
      return { kind: 'raised', incident, lead: leadOf(found, incident), from: before.severity };
    this.#updated.add(found);
    const lead = actsBy(incident, evidence) ? { evidence, flow: finding.flow } : undefined;
    return { kind: 'updated', incident, lead };
  }

  /** Those that {@link observe} updated since this was last called, to be written down. */
  takeUpdated(): Incident[] {
    if (this.#updated.size === 0) return [];
    const incidents = [...this.#updated].flatMap(({ incident }) => incident ?? []);
    this.#updated.clear();
    return incidents;
  }

  /** Close those that are quiet. */
  sweep(nowMs: number): Closure[] {
    for (const noted of this.#noted) {
      if (!this.#isQuiet(noted, nowMs)) break;
      this.#remove(noted);
    }
    const closures: Closure[] = [];
    for (const open of this.#open) {
      if (!this.#isQuiet(open, nowMs)) break;
      const closure = this.#close(open, `quiet for ${Math.round(this.#quietMs / 3_600_000)} hours`);
      if (closure) closures.push(closure);
    }
    return closures;
  }

  /** Close one on a person's word; undefined when none of this id is open. */
  close(id: string, reason: string): Closure | undefined {
    const found = this.#byId.get(id);
    return found && this.#close(found, reason);
  }

  /** Take back what was open when the daemon stopped. */
  restore(incidents: readonly Incident[]): void {
    const open = incidents.filter(({ state, cause }) => state === 'open' && !isPolicyCause(cause));
    for (const incident of open.toSorted((x, y) => x.lastSeenMs - y.lastSeenMs)) {
      const evidence = new Map(incident.evidence.map((item) => [keyOf(item), item]));
      const host = parseAddress(incident.host);
      const found: Case = {
        host,
        evidence,
        findings: new Map(),
        incident,
        lastSeenMs: incident.lastSeenMs,
      };
      this.#cases.set(host, found);
      this.#byId.set(incident.id, found);
      this.#open.add(found);
    }
  }

  #keep(found: Case, among: Set<Case>): void {
    this.#cases.set(found.host, found);
    among.delete(found);
    among.add(found);
  }

  /** The incident as all its evidence makes it; undefined when it is not worth one. */
  #assess(found: Case, atMs: number): Incident | undefined {
    const { incident: before } = found;
    const score = scoreOf(found.evidence.values());
    const severity = severityOf(score);
    if (severity === undefined) return before && again(before, found, atMs);
    const rose = before === undefined || rank(severity) > rank(before.severity);
    if (before !== undefined && !rose && score <= before.score) return again(before, found, atMs);
    const evidence = strongestFirst(found.evidence.values());
    const host = formatAddress(found.host);
    const story = tellStory(host, evidence);
    const [leading] = evidence;
    return {
      id: before?.id ?? this.#numbers.take(),
      host,
      groups: this.#groupsOf(found.host),
      cause: leading.detector,
      source: null,
      destination: leading.destination,
      translated: translatedOf(found, leading),
      services: servicesOf(evidence),
      severity: rose ? severity : before.severity,
      score,
      count: (before?.count ?? 0) + 1,
      firstSeenMs: evidence.reduce(
        (first, { firstSeenMs }) => Math.min(first, firstSeenMs),
        before?.firstSeenMs ?? atMs,
      ),
      lastSeenMs: atMs,
      raisedAtMs: before?.raisedAtMs ?? (acts(severity) ? atMs : null),
      state: 'open',
      reasons: reasonsOf(host, evidence, story),
      evidence,
      story,
    };
  }

  /** Whether one more may be kept, if need be in the place of one that is only noted. */
  #hasRoom(): boolean {
    if (this.#noted.size + this.#open.size < this.#maxCases) return true;
    const [noted] = this.#noted;
    if (noted === undefined) return false;
    this.#remove(noted);
    return true;
  }

  #displace(): Closure | undefined {
    const [quietest] = this.#open;
    return this.#close(
      quietest,
      `quiet the longest of ${this.#maxCases} open incidents, closed to make room`,
    );
  }

  #close(found: Case, reason: string): Closure | undefined {
    this.#remove(found);
    const { incident } = found;
    return incident && { incident: { ...incident, state: 'closed' }, reason };
  }

  /** What was seen in the future, by a clock that was set back, must not keep those behind it open till then. */
  #isQuiet({ lastSeenMs }: Case, nowMs: number): boolean {
    return Math.abs(nowMs - lastSeenMs) >= this.#quietMs;
  }

  #remove(found: Case): void {
    this.#noted.delete(found);
    this.#open.delete(found);
    this.#updated.delete(found);
    this.#cases.delete(found.host);
    if (found.incident === undefined) return;
    this.#byId.delete(found.incident.id);
    this.#onClosed(found.host);
  }
}

function begun(host: Address, atMs: number): Case {
  return {
    host: copyAddress(host),
    evidence: new Map(),
    findings: new Map(),
    incident: undefined,
    lastSeenMs: atMs,
  };
}

/** The same again, no stronger. */
function again(incident: Incident, found: Case, atMs: number): Incident {
  const evidence = strongestFirst(found.evidence.values());
  return {
    ...incident,
    count: incident.count + 1,
    firstSeenMs: Math.min(incident.firstSeenMs, atMs),
    lastSeenMs: atMs,
    services: servicesOf(evidence),
    evidence,
  };
}

function addEvidence(found: Case, finding: Finding, atMs: number): Evidence {
  const { detector, scope, flow, confidence, happened, normal } = finding;
  const service: Service | null = scope === 'service' ? serviceOf(flow) : null;
  const destination = scope === 'host' ? null : formatAddress(flow.destination);
  const key = keyOf({ detector, destination, service });
  const known = found.evidence.get(key);
  const stronger = known === undefined || confidence >= known.confidence;
  const evidence: Evidence = {
    detector,
    destination,
    service,
    confidence: stronger ? confidence : known.confidence,
    firstSeenMs: Math.min(known?.firstSeenMs ?? atMs, atMs),
    lastSeenMs: atMs,
    count: (known?.count ?? 0) + 1,
    happened: stronger ? happened : known.happened,
    normal: stronger ? normal : known.normal,
  };
  found.evidence.set(key, evidence);
  if (stronger) found.findings.set(key, finding);
  if (found.evidence.size > MAX_EVIDENCE) dropWeakest(found, key);
  return evidence;
}

function actsBy({ severity }: Incident, { detector, confidence }: Evidence): boolean {
  return acts(severity) && !isWeight(detector) && confidence >= ACTS_FROM;
}

/** The strongest evidence that may act, and whose flow is known. */
function leadOf(found: Case, incident: Incident): Lead | undefined {
  for (const evidence of incident.evidence) {
    const flow = found.findings.get(keyOf(evidence))?.flow;
    if (flow !== undefined && actsBy(incident, evidence)) return { evidence, flow };
  }
  return undefined;
}

/** Where the packets of the evidence that leads really went, when NAT changed that; of restored evidence, as it was. */
function translatedOf({ findings, incident }: Case, leading: Evidence): string | null {
  if (leading.destination === null) return null;
  const flow = findings.get(keyOf(leading))?.flow;
  if (flow === undefined) return incident?.destination === leading.destination ? incident.translated : null;
  return sameAddress(flow.destination, flow.translated) ? null : formatAddress(flow.translated);
}

function dropWeakest({ evidence, findings }: Case, keep: string): void {
  let weakest: string | undefined;
  for (const [key, { confidence }] of evidence) {
    if (key === keep) continue;
    if (weakest === undefined || confidence < (evidence.get(weakest)?.confidence ?? 0)) weakest = key;
  }
  if (weakest === undefined) return;
  evidence.delete(weakest);
  findings.delete(weakest);
}

function keyOf({
  detector,
  destination,
  service,
}: Pick<Evidence, 'detector' | 'destination' | 'service'>): string {
  return `${detector} ${destination} ${service?.protocol} ${service?.port}`;
}

/** Weights last: they are nobody's cause. */
function strongestFirst(evidence: Iterable<Evidence>): Evidence[] {
  return [...evidence].sort(
    (x, y) => Number(isWeight(x.detector)) - Number(isWeight(y.detector)) || y.confidence - x.confidence,
  );
}

function servicesOf(evidence: readonly Evidence[]): Service[] {
  const services: Service[] = [];
  for (const { service } of evidence) {
    if (service === null) continue;
    if (!services.some(({ protocol, port }) => protocol === service.protocol && port === service.port))
      services.push(service);
  }
  return services;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
