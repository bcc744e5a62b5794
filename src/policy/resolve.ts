/** Checked parts to the resolved policy: names of services become keys, defaults become numbers. */
import { resolveFeed } from './feed/settings.ts';
import { icmpKeys, mergeKeys, serviceKeys } from './key-range.ts';
import { Made } from './made.ts';
import type { NameSettings } from './names.ts';
import type { Named, Parts } from './parts.ts';
import type {
  AddressGroup,
  AddressSet,
  Answer,
  Approval,
  DenyList,
  Policy,
  PolicyTest,
  Rule,
  Schedule,
} from './policy.ts';
import { packPrefixes } from './prefix-packing.ts';
import type { DenyListText } from './schema/deny-list.ts';
import { resolveGuardrails } from './schema/guardrails.ts';
import type { PolicyDocument } from './schema/policy.ts';
import type { AnswerText } from './schema/response.ts';
import type { RuleText } from './schema/rule.ts';
import type { SourcePlaces } from './yaml-source.ts';

type SharedText = PolicyDocument['spec'];
type GroupText = SharedText['hostGroups'][string];
type SetText = SharedText['addressSets'][string];
type ServiceText = SharedText['services'][string];

const groups = new Made<AddressGroup>();
const sets = new Made<AddressSet>();
const services = new Made<Policy['services'][number]>();
const schedules = new Made<Policy['schedules'][number]>();
const rules = new Made<Rule>();
const denyLists = new Made<DenyList>();

const MINUTE_MS = 60_000;
const DEFAULTS = { ttlMs: 60 * MINUTE_MS, holdForMs: 10 * MINUTE_MS, timeoutMs: 30 * MINUTE_MS };

/** Everything of a policy but what the loader alone knows: its sources and digest, and what feeds hold. */
export function resolvePolicy(
  { metadata, spec }: PolicyDocument,
  parts: Parts,
  entry: SourcePlaces,
): Omit<Policy, 'sources' | 'digest'> {
  return {
    name: metadata.name,
    owner: metadata.owner ?? null,
    description: metadata.description ?? null,
    mode: spec.mode,
    hostGroups: Array.from(parts.hostGroups.values(), resolveGroup),
    addressSets: Array.from(parts.addressSets.values(), resolveSet),
    services: Array.from(parts.services.values(), resolveService),
    schedules: Array.from(parts.schedules.values(), resolveSchedule),
    rules: Array.from(parts.rules.values(), (rule) => resolveRule(rule, parts)),
    denyLists: Array.from(parts.denyLists.values(), resolveDenyList),
    enforcement: spec.enforcement,
    names: resolveNames(spec.names),
    neverBlock: spec.neverBlock,
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

function resolveGroup({ name, value }: Named<GroupText>): AddressGroup {
  const { cidrs, except } = value;
  return groups.of(value, [name], () => ({ name, cidrs, except }));
}

function resolveSet({ name, value }: Named<SetText>): AddressSet {
  const { cidrs, except, fqdns } = value;
  return sets.of(value, [name], () => ({ name, cidrs, except, fqdns }));
}

function resolveService({ name, value }: Named<ServiceText>): Policy['services'][number] {
  return services.of(value, [name], () => ({ name, keys: mergeKeys(serviceKeys(value)) }));
}

function resolveSchedule({ name, value }: Named<Schedule>): Policy['schedules'][number] {
  return schedules.of(value, [name], () => ({ name, schedule: value }));
}

function resolveRule({ value }: Named<RuleText>, parts: Parts): Rule {
  const named = value.services.map((name) => parts.services.get(name)?.value);
  return rules.of(value, named, () => ruleOf(value, named));
}

function ruleOf(value: RuleText, named: readonly (ServiceText | undefined)[]): Rule {
  return {
    id: value.id,
    description: value.description ?? null,
    from: value.from,
    to: value.to,
    services: value.services,
    keys: mergeKeys([...serviceKeys(named.flatMap((entries) => entries ?? [])), ...icmpKeys(value.icmp)]),
    limits: value.limits ?? null,
    schedule: value.schedule ?? null,
    owner: value.owner ?? null,
    ticket: value.ticket ?? null,
    expiresMs: value.expires ?? null,
  };
}

function resolveDenyList({ name, value, place }: Named<DenyListText>): DenyList {
  // Its file is named as seen from this one.
  return denyLists.of(value, [place.file], () => ({
    id: name,
    reason: value.reason ?? `on deny list ${name}`,
    prefixes: packPrefixes(value.cidrs ?? []),
    content: null,
    feed: value.cidrs === undefined ? resolveFeed(value, place.file) : null,
  }));
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
  entry: SourcePlaces,
  i: number,
): PolicyTest {
  const { name, from, at, accept, deny } = test;
  return { name, from, atMs: at ?? null, accept, deny, place: entry.place(['spec', 'tests', i]) };
}
