import type { Prefix } from '../../../src/address/address.ts';
import { parseAddress } from '../../../src/address/address.ts';
import { parsePrefix, prefixContains } from '../../../src/address/prefix.ts';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import type { GuardrailContext } from '../../../src/decision/guardrails.ts';
import type { NeverBlockGuard } from '../../../src/policy/compiled-policy.ts';
import { guardrailsField, resolveGuardrails } from '../../../src/policy/schema/guardrails.ts';

export const flowTarget = (
  host: string,
  destination: string,
  port: number | null = 443,
  protocol = 6,
): Target => ({
  kind: 'flow',
  host,
  destination,
  service: { protocol, port },
});
export const destinationTarget = (prefix: string): Target => ({ kind: 'destination', prefix });
export const hostTarget = (host: string, ...allowTo: string[]): Target => ({ kind: 'host', host, allowTo });

export function decisionOf(target: Target, id = 'D1'): Decision {
  return {
    id,
    incident: 'I1',
    origin: { kind: 'automatic', detector: 'denyList' },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    target,
    approval: 'none',
    ttlMs: 1_000,
    state: 'active',
    createdAtMs: 0,
    answerByMs: null,
    expiresAtMs: 1_000,
    reason: 'because',
    answers: [],
    enforcement: { status: 'none' },
  };
}

/** As the policy makes it: protected networks, hosts and ports. */
export function neverBlockOf(
  destinations: string[] = [],
  sources: string[] = [],
  ports: string[] = [],
): NeverBlockGuard {
  const networks = destinations.map(parsePrefix);
  const overlap = (x: Prefix, y: Prefix) => prefixContains(x, y.address) || prefixContains(y, x.address);
  return {
    destination: (prefix) => networks.some((network) => overlap(network, prefix)),
    source: (prefix) => sources.map(parsePrefix).some((network) => overlap(network, prefix)),
    destinations: networks,
    port: (protocol, port) => ports.includes(`${protocol}/${port}`),
  };
}

/** Nothing stands against an action. */
export const OPEN: GuardrailContext = {
  guardrails: resolveGuardrails(guardrailsField.parse({})),
  neverBlock: neverBlockOf(),
  surroundings: {
    ownAddresses: { addresses: ['10.1.0.1', 'fd00::1', '127.0.0.1'].map(parseAddress) },
    gateways: { addresses: ['203.0.113.1', 'fe80::1'].map(parseAddress) },
    resolvers: { addresses: [parseAddress('9.9.9.9')] },
  },
  operators: [parseAddress('10.1.0.77'), parseAddress('fd00::77')],
  breaker: { state: 'closed' },
  blocksInLastMinute: 0,
  blocksInLastHour: 0,
  quarantinedHosts: 0,
  knownHosts: 100,
  touchedHosts: () => 1,
};
