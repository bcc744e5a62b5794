/**
 * Checks an event by OCSF 1.2.0: that every attribute is known, of its type and its enumeration, and that none is
 * missing that is required. `ocsf-1.2.0.json` is what the published schema (github.com/ocsf/ocsf-schema, tag v1.2.0,
 * Apache License 2.0) says of the class and the objects that we use, with the profiles Security Control and Host.
 */
import { readFileSync } from 'node:fs';

interface Attribute {
  readonly type: string;
  readonly array?: boolean;
  readonly required?: boolean;
  readonly enum?: Readonly<Record<string, string>>;
}

interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[] };
}

const SCHEMA = JSON.parse(readFileSync(new URL('./ocsf-1.2.0.json', import.meta.url), 'utf8')) as {
  readonly class: Shape;
  readonly objects: Readonly<Record<string, Shape>>;
};

/** The published file has them per class; here they follow from its number. */
const FIXED: Readonly<Record<string, number>> = { category_uid: 2, class_uid: 2004 };
/** Where captions stand beside ids. */
const CAPTIONS = ['activity_id', 'severity_id', 'status_id', 'action_id', 'disposition_id'];

/** @returns what is wrong, by path */
export function ocsfFaults(event: Record<string, unknown>): string[] {
  const faults = objectFaults(SCHEMA.class, event, '');
  for (const [name, value] of Object.entries(FIXED))
    if (event[name] !== value) faults.push(`${name}: not ${value}`);
  if (event.type_uid !== 200_400 + Number(event.activity_id))
    faults.push('type_uid: does not fit activity_id');
  for (const id of CAPTIONS) {
    const caption = SCHEMA.class.attributes[id].enum?.[String(event[id])];
    const name = id === 'activity_id' ? 'activity_name' : id.replace('_id', '');
    if (event[name] !== caption) faults.push(`${name}: not ${caption}`);
  }
  return faults;
}

function objectFaults(
  { attributes, constraints }: Shape,
  given: Record<string, unknown>,
  path: string,
): string[] {
  const missing = Object.entries(attributes)
    .filter(([name, { required }]) => required && given[name] === undefined)
    .map(([name]) => `${path}${name}: missing`);
  const oneOf = constraints?.at_least_one;
  if (oneOf && !oneOf.some((name) => given[name] !== undefined)) missing.push(`${path}: none of ${oneOf}`);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const attribute = attributes[name];
    return attribute === undefined
      ? [`${path}${name}: unknown`]
      : attributeFaults(attribute, value, `${path}${name}`);
  });
  return [...missing, ...wrong];
}

function attributeFaults(attribute: Attribute, value: unknown, path: string): string[] {
  if (attribute.array) {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((one, i) => attributeFaults({ ...attribute, array: false }, one, `${path}[${i}]`));
  }
  const ofEnum = attribute.enum;
  if (ofEnum && !(path in FIXED) && !(String(value) in ofEnum))
    return [`${path}: ${value} is not in the enumeration`];
  return typeFaults(attribute.type, value, path);
}

function typeFaults(type: string, value: unknown, path: string): string[] {
  const shape = SCHEMA.objects[type];
  if (shape !== undefined) return objectFaults(shape, value as Record<string, unknown>, `${path}.`);
  const isRight = {
    integer_t: () => Number.isInteger(value),
    port_t: () => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
    long_t: () => Number.isSafeInteger(value),
    timestamp_t: () => Number.isSafeInteger(value),
    ip_t: () => typeof value === 'string' && /^[0-9a-f.:]+$/.test(value),
    object: () => typeof value === 'object' && value !== null,
  }[type];
  return (isRight ?? (() => typeof value === 'string'))()
    ? []
    : [`${path}: ${JSON.stringify(value)} is no ${type}`];
}
