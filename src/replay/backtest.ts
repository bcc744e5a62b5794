/**
 * How detectors and policy do on labelled captures: what they found and how soon, and how often they were wrong.
 *
 *   detected   an infected host has a high or critical incident, raised when the attack had begun
 *   false      a high or critical incident of a benign host; of an infected one, when it was raised before the attack
 *
 * Host-days are those of benign hosts, from the first flow that they opened to the last. An address with fewer than
 * MIN_FLOWS is not counted as one and adds none: it is the other end of somebody's conversation, recorded the wrong way
 * round. What is said of it is false all the same.
 */
import { median } from 'simple-statistics';
import { acts, type Cause, type Incident, type Severity } from '../incident/incident.ts';
import type { LabelledHost } from './backtest-roles.ts';

const MIN_FLOWS = 20;
const DAY_MS = 86_400_000;

/** A capture, who is who in it, and what was said when it was replayed. */
export interface JudgedCapture {
  readonly name: string;
  readonly flows: number;
  /** From the first flow to the last start. */
  readonly spanMs: number;
  readonly hosts: readonly LabelledHost[];
  readonly incidents: readonly Incident[];
}

export interface InfectedHost {
  readonly host: string;
  readonly attackMs: number;
  /** Of the first high or critical incident, null without one. */
  readonly detectedMs: number | null;
  readonly afterMs: number | null;
  readonly detector: Cause | null;
  /** The worst of its incidents. */
  readonly severity: Severity | null;
}

/** Incidents by severity; those that act together. */
export interface Said {
  readonly acting: number;
  readonly medium: number;
  readonly low: number;
}

export interface CaptureResult {
  readonly capture: string;
  readonly flows: number;
  readonly spanMs: number;
  readonly infected: readonly InfectedHost[];
  readonly benignHosts: number;
  readonly benignHostDays: number;
  /** Of benign hosts, and of infected ones before the attack. */
  readonly wrong: Said;
  /** Of attackers at the door, and of hosts of which the labels say nothing. */
  readonly others: Said;
}

export interface DetectorResult {
  readonly detector: Cause;
  /** Infected hosts whose first high or critical incident it led. */
  readonly led: number;
  /** Infected hosts of which it said anything once the attack had begun. */
  readonly supported: number;
  /** From the attack to its first word, median of those; null: it never spoke. */
  readonly afterMs: number | null;
  /** False incidents that it led. */
  readonly wrong: Said;
}

export interface BacktestResult {
  readonly captures: readonly CaptureResult[];
  readonly detectors: readonly DetectorResult[];
  readonly infected: number;
  readonly detected: number;
  /** Median over the detected. */
  readonly afterMs: number | null;
  readonly benignHostDays: number;
  readonly wrong: Said;
  /** High and critical; null without host-days. */
  readonly wrongPerHostDay: number | null;
}

/** `detectors` have a row each, and so has any other that spoke. */
export function backtestResult(
  judged: readonly JudgedCapture[],
  detectors: readonly Cause[],
): BacktestResult {
  const captures = judged.map(captureResult);
  const infected = captures.flatMap((capture) => capture.infected);
  const benignHostDays = sum(captures.map((capture) => capture.benignHostDays));
  const wrong = saidOf(judged.flatMap(wrongIncidents));
  return {
    captures,
    detectors: detectorResults(judged, infected, detectors),
    infected: infected.length,
    detected: infected.filter(({ detectedMs }) => detectedMs !== null).length,
    afterMs: medianOf(infected.flatMap(({ afterMs }) => afterMs ?? [])),
    benignHostDays,
    wrong,
    wrongPerHostDay: benignHostDays > 0 ? wrong.acting / benignHostDays : null,
  };
}

function captureResult(capture: JudgedCapture): CaptureResult {
  const { name, flows, spanMs, hosts } = capture;
  const benign = hosts.filter(({ role, flows: opened }) => role === 'benign' && opened >= MIN_FLOWS);
  return {
    capture: name,
    flows,
    spanMs,
    infected: infectedHosts(capture),
    benignHosts: benign.length,
    benignHostDays: sum(benign.map(daysOf)),
    wrong: saidOf(wrongIncidents(capture)),
    others: saidOf(othersIncidents(capture)),
  };
}

function infectedHosts({ hosts, incidents }: JudgedCapture): InfectedHost[] {
  return hosts.flatMap(({ host, attackMs }) => {
    if (attackMs === null) return [];
    const own = incidents.filter((incident) => incident.host === host && saidAtMs(incident) >= attackMs);
    const first = own.filter(({ severity }) => acts(severity)).sort(bySaid)[0];
    const detectedMs = first === undefined ? null : saidAtMs(first);
    return {
      host,
      attackMs,
      detectedMs,
      afterMs: detectedMs === null ? null : detectedMs - attackMs,
      detector: first?.cause ?? null,
      severity: worst(own),
    };
  });
}

/** When it became what it is: high or critical, else when it began. */
function saidAtMs({ raisedAtMs, firstSeenMs, lastSeenMs, severity }: Incident): number {
  // One that never acted counts for the attack when it went on into it.
  return raisedAtMs ?? (acts(severity) ? firstSeenMs : lastSeenMs);
}

function bySaid(x: Incident, y: Incident): number {
  return saidAtMs(x) - saidAtMs(y);
}

function wrongIncidents({ hosts, incidents }: JudgedCapture): Incident[] {
  const byHost = new Map(hosts.map((each) => [each.host, each]));
  return incidents.filter((incident) => {
    const host = byHost.get(incident.host);
    if (host?.role === 'benign') return true;
    return host?.role === 'infected' && saidAtMs(incident) < (host.attackMs ?? 0);
  });
}

function othersIncidents({ hosts, incidents }: JudgedCapture): Incident[] {
  const roles = new Map(hosts.map(({ host, role }) => [host, role]));
  return incidents.filter(({ host }) => {
    const role = roles.get(host);
    return role === undefined || role === 'attacker';
  });
}

function detectorResults(
  judged: readonly JudgedCapture[],
  infected: readonly InfectedHost[],
  detectors: readonly Cause[],
): DetectorResult[] {
  const wrong = judged.flatMap(wrongIncidents);
  const words = judged.flatMap(firstWords);
  const spoke = [...wrong.map(({ cause }) => cause), ...words.map(({ detector }) => detector)];
  return [...new Set([...detectors, ...spoke])].map((detector) => {
    const own = words.filter((word) => word.detector === detector);
    return {
      detector,
      led: infected.filter((host) => host.detector === detector).length,
      supported: own.length,
      afterMs: medianOf(own.map(({ afterMs }) => afterMs)),
      wrong: saidOf(wrong.filter(({ cause }) => cause === detector)),
    };
  });
}

interface Word {
  readonly detector: Cause;
  readonly afterMs: number;
}

/** Of each infected host, what each detector said first once the attack had begun. */
function firstWords({ hosts, incidents }: JudgedCapture): Word[] {
  return hosts.flatMap(({ host, attackMs }) => {
    if (attackMs === null) return [];
    const first = new Map<Cause, number>();
    for (const { detector, atMs } of incidents.filter((each) => each.host === host).flatMap(wordsOf))
      if (atMs >= attackMs) first.set(detector, Math.min(atMs, first.get(detector) ?? atMs));
    return [...first].map(([detector, atMs]) => ({ detector, afterMs: atMs - attackMs }));
  });
}

/** Of what the policy itself finds there is no evidence but the incident. */
function wordsOf({ cause, evidence, firstSeenMs }: Incident): { detector: Cause; atMs: number }[] {
  if (evidence.length === 0) return [{ detector: cause, atMs: firstSeenMs }];
  return evidence.map((each) => ({ detector: each.detector, atMs: each.firstSeenMs }));
}

function daysOf({ firstMs, lastMs }: LabelledHost): number {
  return (lastMs - firstMs) / DAY_MS;
}

function saidOf(incidents: readonly Incident[]): Said {
  return {
    acting: incidents.filter(({ severity }) => acts(severity)).length,
    medium: incidents.filter(({ severity }) => severity === 'medium').length,
    low: incidents.filter(({ severity }) => severity === 'low').length,
  };
}

function worst(incidents: readonly Incident[]): Severity | null {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
  return order.find((severity) => incidents.some((incident) => incident.severity === severity)) ?? null;
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median([...values]);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
