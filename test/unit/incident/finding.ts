/** Findings and evidence from few words. */
import type { Finding, Scope } from '../../../src/detection/finding.ts';
import type { Evidence } from '../../../src/incident/incident.ts';
import type { AnomalyDetector } from '../../../src/policy/schema/detectors.ts';
import { type FlowText, flowOf } from './flow.ts';

export interface FindingText extends FlowText {
  detector?: AnomalyDetector;
  scope?: Scope;
  confidence?: number;
  happened?: string;
  normal?: string;
}

export function findingOf(text: FindingText = {}): Finding {
  const { detector = 'beacon', scope = 'service', confidence = 0.6, ...rest } = text;
  const {
    happened = `${detector} said ${confidence} of it.`,
    normal = `${detector} knows better.`,
    ...ends
  } = rest;
  return { detector, scope, confidence, happened, normal, flow: flowOf(ends) };
}

export function evidenceOf(
  detector: AnomalyDetector,
  destination: string | null,
  confidence: number,
  change: Partial<Evidence> = {},
): Evidence {
  return {
    detector,
    destination,
    service: destination === null ? null : { protocol: 6, port: 443 },
    confidence,
    firstSeenMs: 0,
    lastSeenMs: 0,
    count: 1,
    happened: `${detector} happened.`,
    normal: `${detector} is not normal.`,
    ...change,
  };
}
