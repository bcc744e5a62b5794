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
import type { Place } from './problem.ts';
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
const placedRules = new Made<Rule>();
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

function resolveGroup({ name, value, place }: Named<GroupText>): AddressGroup {
  const { cidrs, except } = value;
  return groups.of(value, [name, ...partsOf(place)], () => ({ name, cidrs, except, place }));
}

function resolveSet({ name, value, place }: Named<SetText>): AddressSet {
  const { cidrs, except, fqdns } = value;
  return sets.of(value, [name, ...partsOf(place)], () => ({ name, cidrs, except, place, fqdns }));
}

function resolveService({ name, value, place }: Named<ServiceText>): Policy['services'][number] {
  return services.of(value, [name, ...partsOf(place)], () => ({
    name,
    keys: mergeKeys(serviceKeys(value)),
    place,
  }));
}

function resolveSchedule({ name, value, place }: Named<Schedule>): Policy['schedules'][number] {
  return schedules.of(value, [name, ...partsOf(place)], () => ({ name, schedule: value, place }));
}

function resolveRule(rule: Named<RuleText>, parts: Parts): Rule {
  const { value, place } = rule;
  const named = value.services.map((name) => parts.services.get(name)?.value);
  // Most are in files that did not change: they need not be compared by their places.
  return placedRules.of(rule, named, () =>
    rules.of(value, [...partsOf(place), ...named], () => ruleOf(rule, named)),
  );
}

function ruleOf({ value, place }: Named<RuleText>, named: readonly (ServiceText | undefined)[]): Rule {
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
    place,
  };
}

function resolveDenyList({ name, value, place }: Named<DenyListText>): DenyList {
  return denyLists.of(value, partsOf(place), () => ({
    id: name,
    reason: value.reason ?? `on deny list ${name}`,
    prefixes: packPrefixes(value.cidrs ?? []),
    content: null,
    feed: value.cidrs === undefined ? resolveFeed(value, place.file) : null,
    place,
  }));
}

/** A place is read anew with its file, and is still the same one. */
function partsOf({ file, line, column, field }: Place): (string | number)[] {
  return [file, line, column, field];
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
