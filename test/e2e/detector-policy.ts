/** A policy under which inside hosts may go anywhere, so that only detectors find something. */
import { type PolicyParts, policyText } from './policy-text.ts';

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** `detectors` as in the policy file, by name; those that are not named are off. */
export function detectorPolicy(name: string, detectors: object, parts: PolicyParts = {}): string {
  const policy = JSON.parse(policyText(name, { alsoTo: ANYWHERE, ...parts }));
  policy.spec.detectors = detectors;
  return JSON.stringify(policy);
}
