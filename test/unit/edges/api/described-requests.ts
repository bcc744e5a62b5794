/** Requests made from the OpenAPI document alone: as it describes them, and then spoilt in one place or more. */
import fc, { type Arbitrary } from 'fast-check';
import { POLICY_TEXT } from './samples.ts';

export type JsonSchema = { readonly [key: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly role: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | undefined;
  readonly statuses: readonly string[];
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface DescribedOperation {
  readonly 'x-role'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...{ method: method.toUpperCase(), path, role: described['x-role'] },
      parameters: described.parameters ?? [],
      body: described.requestBody?.content['application/json']?.schema,
      statuses: Object.keys(described.responses),
    })),
  );
}

export interface MadeRequest {
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What finds weak places: in SQL, JSON, paths, headers, HTML, terminals, numbers and prototypes. */
const HOSTILE = [
  ...['', ' ', '0', '-1', '1e309', 'NaN', '9007199254740993', '0x10', 'null', 'true', '[]', '{}'],
  ...["' OR 1=1 --", '"; DROP TABLE token;', '../../etc/passwd', '..%2f..%2f', '%00', '\0', '%', '%ff'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '<script>alert(1)</script>',
    '\r\nSet-Cookie: a=b',
    '\u202e',
    '\u001b[2J',
  ],
  ...['::ffff:10.0.0.1', 'fe80::1%eth0', '010.0.0.1', '0.0.0.0/0', '::/0', '*', '$(id)', '{{7*7}}'],
  ...['\ud800', '\u0000', 'a'.repeat(300), '9'.repeat(400), 'x'.repeat(5_000), '😀'],
] as const;

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 12 }));
const hostileValue: Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[[[]]]], { __proto__: null }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Things that are there, so that what is asked about is not always unknown. Those of a query besides others. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  id: ['I1', 'D1', 'D2', 'S1', 'P1', 'I99', 'D99'],
  number: ['1', '2', '99'],
  to: ['1', '2', '1791201600000'],
  host: ['10.1.0.10', '2001:db8::1'],
  name: ['the-viewer', 'the-operator', 'webhook', 'penstock-2026-W40.html'],
};

export class RequestMaker {
  readonly #schemas: Document['components']['schemas'];

  constructor({ components }: Document) {
    this.#schemas = components.schemas;
  }

  /** As described, most of them, and else spoilt. */
  requests({ path, parameters, body }: Operation): Arbitrary<MadeRequest> {
    const of = (place: Parameter['in']) => parameters.filter((each) => each.in === place);
    return fc
      .record({
        params: this.#named(of('path'), { all: true, spoil: 1 }),
        query: this.#named(of('query'), { spoil: 1 }),
        extra: seldom(fc.tuple(hostileText, hostileText)),
        headers: this.#named(of('header'), { spoil: 1 }),
        body: body === undefined ? seldom(hostileValue) : this.#body(body),
      })
      .map((parts) => requestOf(path, parts));
  }

  /** As described, with no more than is needed. */
  plain({ path, parameters, body }: Operation): Arbitrary<MadeRequest> {
    const of = (place: Parameter['in']) => parameters.filter((each) => each.in === place && each.required);
    return fc
      .record({
        params: this.#named(of('path'), { all: true }),
        query: this.#named(of('query'), { all: true }),
        headers: this.#named(of('header'), { all: true }),
        body: body === undefined ? fc.constant(undefined) : this.values(body),
      })
      .map((parts) => requestOf(path, { ...parts, extra: null }));
  }

  #body(schema: JsonSchema): Arbitrary<unknown> {
    const good = this.values(schema);
    return fc.oneof(
      { weight: 4, arbitrary: good },
      { weight: 3, arbitrary: fc.tuple(good, hostileText, hostileValue).map(spoilt) },
      { weight: 1, arbitrary: hostileValue },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          undefined,
          new Text('{'),
          new Text('['.repeat(50_000)),
          new Text('\ufeff{}'),
        ),
      },
    );
  }

  #named(
    parameters: readonly Parameter[],
    { all = false, spoil = 0 }: { all?: boolean; spoil?: number },
  ): Arbitrary<Record<string, string>> {
    const each = parameters.map(({ name, schema }) => {
      // The example of it is one key, which is good for one request.
      const good = name === 'Idempotency-Key' ? fc.uuid() : this.values(schema).map(String);
      const fitting = (KNOWN[name] ?? []).filter((known) => fits(known, schema));
      const known = { weight: 9, arbitrary: fc.constantFrom(...(fitting.length > 0 ? fitting : ['none'])) };
      const usual = fitting.length > 0 ? fc.oneof(known, { weight: 1, arbitrary: good }) : good;
      return [
        name,
        fc.oneof({ weight: 8, arbitrary: usual }, { weight: spoil, arbitrary: hostileText }),
      ] as const;
    });
    return fc.record(Object.fromEntries(each), all ? {} : { requiredKeys: [] }) as Arbitrary<
      Record<string, string>
    >;
  }

  /** As the schema describes them. */
  values(schema: JsonSchema, depth = 0): Arbitrary<unknown> {
    const { $ref, enum: choices, const: only, anyOf, oneOf, example } = schema;
    if (typeof $ref === 'string')
      return this.values(this.#schemas[$ref.replace(/^.*\//, '')] ?? {}, depth + 1);
    if (Array.isArray(choices)) return fc.constantFrom(...choices);
    if (only !== undefined) return fc.constant(only);
    const several = (anyOf ?? oneOf) as JsonSchema[] | undefined;
    if (several) return fc.oneof(...several.map((each) => this.values(each, depth + 1)));
    const shaped = this.#ofType(schema, depth);
    return example === undefined ? shaped : fc.oneof({ weight: 5, arbitrary: fc.constant(example) }, shaped);
  }

  #ofType(schema: JsonSchema, depth: number): Arbitrary<unknown> {
    const type = Array.isArray(schema.type) ? schema.type[depth % schema.type.length] : schema.type;
    switch (type) {
      case 'string':
        return stringOf(schema);
      case 'integer':
      case 'number':
        return integerOf(schema);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.values((schema.items ?? {}) as JsonSchema, depth + 1), { maxLength: 3 });
      case 'object':
        return this.#object(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  #object({ properties = {}, required = [] }: JsonSchema, depth: number): Arbitrary<unknown> {
    const fields = Object.entries(properties as Record<string, JsonSchema>);
    if (fields.length === 0)
      return fc.dictionary(
        fc.constantFrom('policy.yaml', 'a/b.yaml'),
        fc.oneof(fc.constant(POLICY_TEXT), fc.string()),
      );
    const shapes = Object.fromEntries(fields.map(([name, schema]) => [name, this.values(schema, depth + 1)]));
    return fc.record(shapes, { requiredKeys: required as string[] });
  }
}

interface RequestParts {
  readonly params: Record<string, string>;
  readonly query: Record<string, string>;
  readonly extra: [string, string] | null;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

function requestOf(path: string, { params, query, extra, headers, body }: RequestParts): MadeRequest {
  const pairs = [...Object.entries(query), ...(extra ? [extra] : [])];
  const search = pairs.map((pair) => pair.map(encoded).join('=')).join('&');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? ''));
  return {
    target: search === '' ? filled : `${filled}?${search}`,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, inHeader(value)])),
    body: textOf(body),
  };
}

/** Once in nine. */
function seldom<T>(values: Arbitrary<T>): Arbitrary<T | null> {
  return fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values });
}

function fits(text: string, { pattern }: JsonSchema): boolean {
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text);
}

function stringOf({ pattern, maxLength = 64, minLength = 0, format }: JsonSchema): Arbitrary<string> {
  // The generator knows no look-ahead.
  if (typeof pattern === 'string' && !pattern.includes('(?!'))
    return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 40 });
  if (format === 'date-time') return fc.constant('2026-10-05T12:00:00Z');
  return fc.string({
    unit: 'grapheme-ascii',
    minLength: Number(minLength),
    maxLength: Math.min(40, Number(maxLength)),
  });
}

function integerOf({ minimum = 0, maximum = 1_000_000, exclusiveMinimum }: JsonSchema): Arbitrary<number> {
  const min = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : Number(minimum);
  return fc.integer({ min, max: Math.max(min, Math.min(Number(maximum), 2 ** 40)) });
}

/** A body that is not made of JSON. */
class Text {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function textOf(sent: unknown): string | undefined {
  if (sent instanceof Text) return sent.text;
  return sent === undefined || sent === null ? undefined : JSON.stringify(sent);
}

/** One field is another, one is new, or one is gone. */
function spoilt([good, name, value]: [unknown, string, unknown]): unknown {
  if (typeof good !== 'object' || good === null || Array.isArray(good)) return value;
  const names = Object.keys(good);
  const chosen = names[name.length % Math.max(1, names.length)];
  if (chosen === undefined || name.length % 3 === 0) return { ...good, [name]: value };
  if (name.length % 3 === 1) return { ...good, [chosen]: value };
  return Object.fromEntries(Object.entries(good).filter(([each]) => each !== chosen));
}

/** A path step of dots alone would be resolved by whoever sends it. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
}

/** What a client can send at all (RFC 9110, section 5.5). */
function inHeader(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e\x80-\xff]/g, '')
    .trim()
    .slice(0, 2_000);
}
