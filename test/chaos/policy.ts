/** The policies of a chaos run: one family, so that what each of them means is known without reading it. */
import { SHOP } from './scenery.ts';
import type { Hand, PolicyChoice } from './step.ts';

const APPROVALS: Record<Hand, object> = {
  none: { approval: 'none', ttl: '30s' },
  provisional: { approval: 'provisional', ttl: '10m', holdFor: '5s' },
  required: { approval: 'required', ttl: '1m', approvalTimeout: '20s' },
};

/** As JSON, which YAML contains. `name` tells one from another. */
export function policyText(
  name: string,
  { mode, approval, protectedPrefixes, denied }: PolicyChoice,
): string {
  const answer = { action: 'block', target: 'flow', ...APPROVALS[approval] };
  return JSON.stringify({
    apiVersion: 'penstock/v1',
    kind: 'EgressPolicy',
    metadata: { name, owner: 'chaos' },
    spec: {
      mode,
      hostGroups: { lan: { cidrs: ['10.1.0.0/24', 'fd00:1::/64'] } },
      services: { everything: [{ protocol: 'any' }] },
      rules: [{ id: 'shop', from: ['lan'], to: { cidrs: Object.values(SHOP) }, services: ['everything'] }],
      denyLists: denied.length > 0 ? [{ id: 'known', cidrs: denied.map(asPrefix), reason: 'chaos' }] : [],
      neverBlock: { destinations: protectedPrefixes },
      response: {
        actions: [
          { detector: 'policyViolation', ...answer },
          { detector: 'denyList', ...answer, target: 'destination' },
        ],
        guardrails: { maxBlocksPerMinute: 100_000, maxQuarantinedPercent: 100 },
      },
    },
  });
}

function asPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
