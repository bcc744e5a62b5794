/**
 * Checks an event by the Elastic Common Schema 8.17 (github.com/elastic/ecs, tag v8.17.0, generated/ecs/ecs_flat.yml,
 * Apache License 2.0): that each field of its name spaces is known and of its type, that none is missing that is
 * required, and that kind, category and type go together. `penstock` is our own name space, which the schema leaves to us.
 */
import { isIP } from 'node:net';

type FieldType = 'date' | 'keyword' | 'text' | 'long' | 'float' | 'ip' | 'labels' | 'own';

/** Those that we use. */
const FIELDS: Readonly<Record<string, FieldType>> = {
  '@timestamp': 'date',
  'ecs.version': 'keyword',
  message: 'text',
  labels: 'labels',
  penstock: 'own',
  'log.level': 'keyword',
  'event.id': 'keyword',
  'event.sequence': 'long',
  'event.action': 'keyword',
  'event.severity': 'long',
  'event.risk_score': 'float',
  'event.risk_score_norm': 'float',
  'event.kind': 'keyword',
  'event.category': 'keyword',
  'event.type': 'keyword',
  'event.outcome': 'keyword',
  'event.provider': 'keyword',
  'event.dataset': 'keyword',
  'observer.hostname': 'keyword',
  'observer.version': 'keyword',
  'observer.type': 'keyword',
  'observer.vendor': 'keyword',
  'observer.product': 'keyword',
  'user.name': 'keyword',
  'source.address': 'keyword',
  'source.ip': 'ip',
  'destination.address': 'keyword',
  'destination.ip': 'ip',
  'destination.port': 'long',
  'network.iana_number': 'keyword',
  'network.transport': 'keyword',
  'rule.name': 'keyword',
  'rule.category': 'keyword',
};

const REQUIRED = ['@timestamp', 'ecs.version'];
/** `normalize: array`. */
const LISTS = ['event.category', 'event.type'];

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'event.kind': ['alert', 'asset', 'enrichment', 'event', 'metric', 'state', 'pipeline_error', 'signal'],
  'event.outcome': ['failure', 'success', 'unknown'],
};

/** event.category with its expected values of event.type. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  file: ['access', 'change', 'creation', 'deletion', 'info'],
  host: ['access', 'change', 'end', 'info', 'start'],
  intrusion_detection: ['allowed', 'denied', 'info'],
  network: ['access', 'allowed', 'connection', 'denied', 'end', 'info', 'protocol', 'start'],
};

/** @returns what is wrong, by field */
export function ecsFaults(event: Record<string, unknown>): string[] {
  const flat = flattened(event);
  const missing = REQUIRED.filter((name) => !flat.has(name)).map((name) => `${name}: missing`);
  const wrong = [...flat].flatMap(([name, value]) => fieldFaults(name, value));
  const lists = (name: string) => (flat.get(name) ?? []) as string[];
  const categories = lists('event.category');
  const unknown = categories.filter((category) => !(category in EXPECTED));
  const unexpected = lists('event.type').filter(
    (type) => !categories.some((category) => EXPECTED[category]?.includes(type)),
  );
  return [
    ...missing,
    ...wrong,
    ...unknown.map((category) => `event.category: ${category}`),
    ...unexpected.map((type) => `event.type: ${type} is expected in none of ${categories}`),
  ];
}

function flattened(event: Record<string, unknown>, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(event)) {
    const name = `${path}${key}`;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isGroup && !(name in FIELDS))
      for (const [inner, its] of flattened(value as Record<string, unknown>, `${name}.`))
        found.set(inner, its);
    else found.set(name, value);
  }
  return found;
}

function fieldFaults(name: string, value: unknown): string[] {
  const type = FIELDS[name];
  if (type === undefined) return [`${name}: unknown`];
  const isList = Array.isArray(value);
  if (isList !== LISTS.includes(name)) return [`${name}: ${isList ? 'a list' : 'no list'}`];
  const values = isList ? value : [value];
  const isAllowed = (each: unknown) => ALLOWED[name]?.includes(String(each)) ?? true;
  return values
    .filter((each) => !IS[type](each) || !isAllowed(each))
    .map((each) => `${name}: ${JSON.stringify(each)} is none`);
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

const IS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  date: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)),
  keyword: isText,
  text: (value) => typeof value === 'string',
  long: (value) => Number.isSafeInteger(value),
  float: (value) => Number.isFinite(value),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  labels: (value) => Object.values(value as object).every(isText),
  own: (value) => typeof value === 'object' && value !== null,
};
