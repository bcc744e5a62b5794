/**
 * A policy file for tests, with one host group `lan` (all inside hosts) that may reach the shop by every protocol.
 * Written as JSON, which YAML contains.
 */
import { SHOP } from './site.ts';

export interface PolicyParts {
  mode?: 'audit' | 'respond' | 'enforce';
  /** What the host group holds; default: all inside hosts. */
  lan?: string[];
  /** Allowed besides the shop; also what denyLists then deny. */
  alsoTo?: string[];
  rules?: object[];
  denyLists?: object[];
  enforcement?: { denyWith: 'drop' | 'reject' };
  neverBlock?: object;
  /** By detector. */
  actions?: object[];
  guardrails?: object;
  tests?: object[];
}

/** A block that stands until its time is over. */
export const BLOCK = { action: 'block', ttl: '1h', approval: 'none' };
/** The guardrails let tests block as fast as they like. */
const GUARDRAILS = { maxBlocksPerMinute: 1_000, maxQuarantinedPercent: 100 };

export function denyList(cidrs: string[]): Pick<PolicyParts, 'denyLists'> {
  return { denyLists: [{ id: 'known-c2', cidrs, reason: 'known command and control' }] };
}

export function policyText(name: string, parts: PolicyParts = {}): string {
  const { mode = 'respond', lan = ['10.1.0.0/24', 'fd00:1::/64'], alsoTo = [] } = parts;
  const { enforcement = {} } = parts;
  const { rules = [], denyLists = [], neverBlock = {}, actions = [], guardrails = {}, tests = [] } = parts;
  const shop = {
    id: 'shop',
    from: ['lan'],
    to: { cidrs: [...Object.values(SHOP), ...alsoTo] },
    services: ['everything'],
  };
  return JSON.stringify({
    apiVersion: 'penstock/v1',
    kind: 'EgressPolicy',
    metadata: { name, owner: 'tests' },
    spec: {
      mode,
      hostGroups: { lan: { cidrs: lan } },
      services: { everything: [{ protocol: 'any' }] },
      rules: [shop, ...rules],
      denyLists,
      enforcement,
      neverBlock,
      response: { default: { action: 'alert' }, actions, guardrails: { ...GUARDRAILS, ...guardrails } },
      tests,
    },
  });
}
