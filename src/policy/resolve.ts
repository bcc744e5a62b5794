/** Checked parts to the resolved policy: names of services become keys, defaults become numbers. */
import type { Prefix } from '../address/address.ts';
import { resolveFeed } from './feed/settings.ts';
import { icmpKeys, mergeKeys, serviceKeys } from './key-range.ts';
import type { NameSettings } from './names.ts';
import type { Named, Parts } from './parts.ts';
import type { AddressGroup, Answer, Approval, DenyList, Policy, PolicyTest, Rule } from './policy.ts';
import { packPrefixes } from './prefix-packing.ts';
import type { DenyListText } from './schema/deny-list.ts';
import { resolveGuardrails } from './schema/guardrails.ts';
import type { PolicyDocument } from './schema/policy.ts';
import type { AnswerText } from './schema/response.ts';
import type { RuleText } from './schema/rule.ts';
import type { YamlSource } from './yaml-source.ts';

const MINUTE_MS = 60_000;
const DEFAULTS = { ttlMs: 60 * MINUTE_MS, holdForMs: 10 * MINUTE_MS, timeoutMs: 30 * MINUTE_MS };

/** Everything of a policy but what the loader alone knows: its sources and digest, and what feeds hold. */
export function resolvePolicy(
  { metadata, spec }: PolicyDocument,
  parts: Parts,
  entry: YamlSource,
): Omit<Policy, 'sources' | 'digest'> {
  return {
    name: metadata.name,
    owner: metadata.owner ?? null,
    description: metadata.description ?? null,
    mode: spec.mode,
    hostGroups: [...parts.hostGroups.values()].map(resolveGroup),
    addressSets: [...parts.addressSets.values()].map((set) => ({
      ...resolveGroup(set),
      fqdns: set.value.fqdns,
    })),
    services: [...parts.services.values()].map(({ name, value, place }) => ({
      name,
      keys: mergeKeys(serviceKeys(value)),
      place,
    })),
    schedules: [...parts.schedules.values()].map(({ name, value, place }) => ({
      name,
      schedule: value,
      place,
    })),
    rules: [...parts.rules.values()].map((rule) => resolveRule(rule, parts)),
    denyLists: [...parts.denyLists.values()].map(resolveDenyList),
    enforcement: spec.enforcement,
    names: resolveNames(spec.names),
    neverBlock: { ...spec.neverBlock, place: entry.place(['spec', 'neverBlock'], true) },
    detectors: spec.detectors,
    response: {
      default: resolveAnswer(spec.response.default),
      byDetector: Object.fromEntries(
        spec.response.actions.map((answer) => [answer.detector, resolveAnswer(answer)]),
      ),
    },
    guardrails: resolveGuardrails(spec.response.guardrails),
    evidence: spec.evidence,
    tests: spec.tests.map((test, i) => resolveTest(test, entry, i)),
  };
}

function resolveNames(names: PolicyDocument['spec']['names']): NameSettings | null {
  if (names === undefined) return null;
  return { resolvers: names.resolvers, ttlFloorMs: names.ttlFloor, whenDown: names.whenDown };
}

function resolveGroup({ name, value, place }: Named<{ cidrs: Prefix[]; except: Prefix[] }>): AddressGroup {
  return { name, cidrs: value.cidrs, except: value.except, place };
}

function resolveRule({ value, place }: Named<RuleText>, parts: Parts): Rule {
  const entries = value.services.flatMap((name) => parts.services.get(name)?.value ?? []);
  return {
    id: value.id,
    description: value.description ?? null,
    from: value.from,
    to: value.to,
    services: value.services,
    keys: mergeKeys([...serviceKeys(entries), ...icmpKeys(value.icmp)]),
    limits: value.limits ?? null,
    schedule: value.schedule ?? null,
    owner: value.owner ?? null,
    ticket: value.ticket ?? null,
    expiresMs: value.expires ?? null,
    place,
  };
}

function resolveDenyList({ name, value, place }: Named<DenyListText>): DenyList {
  return {
    id: name,
    reason: value.reason ?? `on deny list ${name}`,
    prefixes: packPrefixes(value.cidrs ?? []),
    content: null,
    feed: value.cidrs === undefined ? resolveFeed(value, place.file) : null,
    place,
  };
}

function resolveAnswer(answer: AnswerText): Answer {
  if (answer.action === 'alert') return { action: 'alert' };
  const shared = {
    ttlMs: answer.ttl ?? DEFAULTS.ttlMs,
    approval: resolveApproval(answer),
    canary: answer.canary ?? null,
  };
  if (answer.action === 'quarantine') {
    return { action: 'quarantine', target: 'host', ...shared, allowTo: answer.allowTo ?? [] };
  }
  return { action: 'block', target: answer.target === 'destination' ? 'destination' : 'flow', ...shared };
}

function resolveApproval({ approval, holdFor, approvalTimeout }: AnswerText): Approval {
  if (approval === 'none') return { kind: 'none' };
  if (approval === 'required') return { kind: 'required', timeoutMs: approvalTimeout ?? DEFAULTS.timeoutMs };
  return { kind: 'provisional', holdForMs: holdFor ?? DEFAULTS.holdForMs };
}

function resolveTest(
  test: PolicyDocument['spec']['tests'][number],
  entry: YamlSource,
  i: number,
): PolicyTest {
  const { name, from, at, accept, deny } = test;
  return { name, from, atMs: at ?? null, accept, deny, place: entry.place(['spec', 'tests', i]) };
}
