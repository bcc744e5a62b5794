/**
 * What the specification requires of the objects that we make: STIX 2.1 (OASIS Standard, 10 June 2021), the tables of
 * sections 3.2, 4, 5 and 6. Each problem is a sentence; none means that the bundle is good.
 */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const OBSERVABLES = ['ipv4-addr', 'ipv6-addr', 'domain-name', 'network-traffic'];

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  identity: ['name'],
  incident: ['name'],
  infrastructure: ['name'],
  indicator: ['pattern', 'pattern_type', 'valid_from'],
  'observed-data': ['first_observed', 'last_observed', 'number_observed'],
  'course-of-action': ['name'],
  relationship: ['relationship_type', 'source_ref', 'target_ref'],
  sighting: ['sighting_of_ref'],
  'ipv4-addr': ['value'],
  'ipv6-addr': ['value'],
  'domain-name': ['value'],
  'network-traffic': ['protocols'],
};

const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  identity_class: ['individual', 'group', 'system', 'organization', 'class', 'unknown'],
  indicator_types: [
    'anomalous-activity',
    'anonymization',
    'benign',
    'compromised',
    'malicious-activity',
    'attribution',
    'unknown',
  ],
  infrastructure_types: [
    'amplification',
    'anonymization',
    'botnet',
    'command-and-control',
    'control-system',
    'exfiltration',
    'firewall',
    'hosting-malware',
    'hosting-target-lists',
    'phishing',
    'reconnaissance',
    'routers-switches',
    'staging',
    'unknown',
    'workstation',
  ],
};

/** Appendix B: source, relationship, target. */
const RELATIONSHIPS: readonly string[] = [
  'indicator indicates infrastructure',
  'indicator based-on observed-data',
  'course-of-action mitigates indicator',
  'infrastructure consists-of ipv4-addr',
  'infrastructure consists-of ipv6-addr',
  'infrastructure consists-of domain-name',
];

type StixLike = Record<string, unknown> & { type: string; id: string };

export function problemsIn(bundle: {
  type: string;
  id: string;
  objects: Record<string, unknown>[];
}): string[] {
  const objects = bundle.objects as StixLike[];
  const byId = new Map(objects.map((object) => [object.id, object]));
  return [
    ...(bundle.type === 'bundle' && new RegExp(`^bundle--${UUID}$`).test(bundle.id)
      ? []
      : ['bundle: type or id']),
    ...(byId.size === objects.length ? [] : ['two objects have the same id']),
    ...objects.flatMap((object) => problemsOf(object, byId).map((problem) => `${object.type}: ${problem}`)),
  ];
}

function problemsOf(object: StixLike, byId: ReadonlyMap<string, StixLike>): string[] {
  const required = REQUIRED[object.type];
  if (required === undefined) return ['unknown type'];
  const isObservable = OBSERVABLES.includes(object.type);
  const common = isObservable ? ['type', 'id'] : ['type', 'spec_version', 'id', 'created', 'modified'];
  const missing = [...common, ...required].filter(
    (name) => object[name] === undefined || object[name] === '',
  );
  return [
    ...missing.map((name) => `${name} is missing`),
    ...(new RegExp(`^${object.type}--${UUID}$`).test(object.id) ? [] : ['id is none']),
    ...timeProblems(object),
    ...referenceProblems(object, byId),
    ...vocabularyProblems(object),
    ...(isObservable ? observableProblems(object) : []),
    ...(object.type === 'relationship' ? relationshipProblems(object, byId) : []),
    ...(object.type === 'indicator' ? patternProblems(String(object.pattern)) : []),
    ...countProblems(object),
  ];
}

function timeProblems(object: StixLike): string[] {
  const times = [
    'created',
    'modified',
    'first_observed',
    'last_observed',
    'valid_from',
    'first_seen',
    'last_seen',
  ];
  const bad = times.filter((name) => object[name] !== undefined && !TIME.test(String(object[name])));
  const ordered = [
    ['created', 'modified'],
    ['first_observed', 'last_observed'],
    ['first_seen', 'last_seen'],
  ];
  const wrong = ordered.filter(([first, last]) => String(object[first] ?? '') > String(object[last] ?? '~'));
  return [...bad.map((name) => `${name} is no time`), ...wrong.map(([, last]) => `${last} is too early`)];
}

function referenceProblems(object: StixLike, byId: ReadonlyMap<string, StixLike>): string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (!/_refs?$/.test(name)) return [];
    const all = name.endsWith('_refs') ? (value as string[]) : [String(value)];
    if (all.length === 0) return [`${name} is empty`];
    return all.filter((id) => !byId.has(id)).map((id) => `${name}: there is no ${id}`);
  });
}

function vocabularyProblems(object: StixLike): string[] {
  return Object.entries(VOCABULARIES).flatMap(([name, words]) => {
    const value = object[name];
    if (value === undefined) return [];
    const all = Array.isArray(value) ? value : [value];
    return all.filter((word) => !words.includes(word)).map((word) => `${name}: ${word} is none`);
  });
}

function observableProblems(object: StixLike): string[] {
  if (object.type !== 'network-traffic') return [];
  const { src_ref, dst_ref, dst_port, protocols } = object;
  const hasEnd = src_ref !== undefined || dst_ref !== undefined;
  const port =
    dst_port === undefined ||
    (Number.isInteger(dst_port) && Number(dst_port) >= 0 && Number(dst_port) <= 65_535);
  const words =
    Array.isArray(protocols) && protocols.length > 0 && protocols.every((word) => /^[a-z0-9-]+$/.test(word));
  return [...(hasEnd ? [] : ['no end']), ...(port ? [] : ['no port']), ...(words ? [] : ['no protocols'])];
}

function relationshipProblems(object: StixLike, byId: ReadonlyMap<string, StixLike>): string[] {
  const type = (id: unknown) => byId.get(String(id))?.type;
  const words = `${type(object.source_ref)} ${object.relationship_type} ${type(object.target_ref)}`;
  return object.relationship_type === 'related-to' || RELATIONSHIPS.includes(words) ? [] : [`not: ${words}`];
}

/** Comparisons joined by AND in one observation: all that we write. */
function patternProblems(pattern: string): string[] {
  const value = String.raw`('(?:[^'\\]|\\['\\])*'|\d+)`;
  const comparison = String.raw`[a-z0-9-]+:[a-z_]+(?:\.[a-z_]+)? = ${value}`;
  return new RegExp(`^\\[${comparison}( AND ${comparison})*\\]$`).test(pattern)
    ? []
    : [`no pattern: ${pattern}`];
}

function countProblems({ number_observed, count, confidence }: StixLike): string[] {
  const within = (value: unknown, least: number, most: number) =>
    value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most);
  const good =
    within(number_observed, 1, 999_999_999) && within(count, 0, 999_999_999) && within(confidence, 0, 100);
  return good ? [] : ['a number is out of its range'];
}
