/**
 * A route is written once: from it come the Express handler, the check of what comes in and what goes out, the role
 * that is needed, and its part of the OpenAPI document.
 */
import { z } from 'zod';
import type { Conditions } from './conditions.ts';
import type { Download } from './download.ts';
import { AnswerError, RequestError, type RequestFault } from './errors.ts';
import type { Role } from './role.ts';
import type { Scope } from './scope.ts';
import { placeOfToken } from './secret-text.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Who asks. */
export interface Caller {
  /** `token:7`, never used again; `oidc:...` and `cert:...` for persons and certificates known elsewhere. */
  readonly id: string;
  /** Goes into the ledger. */
  readonly name: string;
  readonly role: Role;
  /** null: all that the role may. */
  readonly scopes: readonly Scope[] | null;
  /** ms since the epoch. */
  readonly expiresAtMs: number | null;
}

/** What every route has. `path` is in OpenAPI form: `/v1/incidents/{id}`. */
interface RouteFacts {
  readonly method: Method;
  readonly path: string;
  readonly role: Role | 'anyone';
  readonly summary: string;
  /** Though its method says otherwise, it changes nothing: whoever may only read may ask it. */
  readonly reads?: boolean | undefined;
}

/** As it came from the network, the body already parsed by its content type. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export type RequestShape = { params: z.ZodObject; query: z.ZodObject; body: z.ZodType };

/** For routes that take nothing: `{ ...NOTHING, query }`. Anything unknown is refused, not ignored. */
export const NOTHING = { params: z.strictObject({}), query: z.strictObject({}), body: z.undefined() };

/** How a body is read. */
export interface BodyRules {
  readonly limitBytes: number;
  /** Media types taken besides application/json, with how their text becomes what JSON would have been. */
  readonly fromText: Readonly<Record<string, (text: string) => unknown>>;
}

export interface JsonRoute extends RouteFacts {
  readonly kind: 'json';
  readonly request: RequestShape;
  readonly answer: z.ZodType;
  readonly status: number;
  readonly bodyRules: BodyRules;
  /** Check the request, carry it out, check the answer. `closed`: the client has gone. */
  carryOut(
    request: RawRequest,
    caller: Caller,
    conditions: Conditions,
    closed: AbortSignal,
  ): Promise<unknown>;
  /** What may be kept of an answer for replay: secrets taken out. */
  readonly remember: (answer: unknown) => unknown;
  /** Names the state that an answer tells, for If-None-Match and If-Match; undefined: it tells none. */
  readonly tagOf: ((answer: unknown) => string | undefined) | undefined;
  /** Whether `If-Match` is taken; elsewhere it would do nothing, so it is refused. */
  readonly conditional: boolean;
}

/** Answers with text made elsewhere. */
export interface TextRoute extends RouteFacts {
  readonly kind: 'text';
  readonly contentType: string;
  text(): Promise<string>;
}

/** Answers piece by piece until one side ends it. */
export interface StreamRoute extends RouteFacts {
  readonly kind: 'stream';
  readonly contentType: string;
  readonly request: RequestShape;
  open(request: RawRequest, caller: Caller, closed: AbortSignal): AsyncIterable<string>;
}

/** A file to take away. */
export interface DownloadRoute extends RouteFacts {
  readonly kind: 'download';
  /** All that it may have. */
  readonly contentTypes: readonly string[];
  readonly request: RequestShape;
  /** `closed`: the client has gone. */
  open(request: RawRequest, caller: Caller, closed: AbortSignal): Promise<Download>;
}

export type Route = JsonRoute | TextRoute | StreamRoute | DownloadRoute;

interface JsonDefinition<S extends RequestShape, A extends z.ZodType> extends RouteFacts {
  request: S;
  answer: A;
  status?: number;
  bodyRules?: Partial<BodyRules>;
  remember?: (answer: unknown) => unknown;
  tagOf?: (answer: z.output<A>) => string | undefined;
  conditional?: boolean;
  handle(
    asked: z.output<z.ZodObject<S>>,
    caller: Caller,
    conditions: Conditions,
    closed: AbortSignal,
  ): Promise<z.input<A>> | z.input<A>;
}

export const BODY_LIMIT_BYTES = 2 * 2 ** 20;

/** Tie the schemas of a route to its handler. */
export function jsonRoute<S extends RequestShape, A extends z.ZodType>(
  definition: JsonDefinition<S, A>,
): JsonRoute {
  const { method, path, role, summary, reads, request, answer, status = 200, bodyRules, tagOf } = definition;
  const schema = z.object(request);
  return {
    kind: 'json',
    ...{ method, path, role, summary, reads, request, answer, status },
    bodyRules: { limitBytes: BODY_LIMIT_BYTES, fromText: {}, ...bodyRules },
    remember: definition.remember ?? ((made) => made),
    tagOf: tagOf && ((made) => tagOf(made as z.output<A>)),
    conditional: definition.conditional ?? false,
    async carryOut(raw, caller, conditions, closed) {
      const made = await definition.handle(checkRequest(schema, raw), caller, conditions, closed);
      const checked = answer.safeParse(made);
      if (!checked.success) throw new AnswerError(`${method} ${path}`, checked.error);
      return checked.data;
    },
  };
}

/** @throws RequestError not-found for a path that fits nothing, invalid-request with the faults for the rest */
export function checkRequest<T extends z.ZodType>(schema: T, raw: RawRequest): z.output<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) {
    refuseTokens(raw);
    return parsed.data;
  }
  const { issues } = parsed.error;
  if (issues.some((issue) => issue.path[0] === 'params')) {
    throw new RequestError('not-found', 'there is no such thing');
  }
  const problems = issues.flatMap(faultsOf).slice(0, MAX_FAULTS);
  throw new RequestError('invalid-request', 'the request does not fit the schema', { problems });
}

/** A token lets somebody in by its header alone. Anywhere else it is a mistake, which would be kept, or shown to others. */
function refuseTokens(raw: RawRequest): void {
  const place = placeOfToken(raw);
  if (place === undefined) return;
  const problems = [{ pointer: pointerTo(place), message: 'must hold no token: it would be kept for good' }];
  throw new RequestError('invalid-request', 'the request holds a token', { problems });
}

const MAX_FAULTS = 100;
const MAX_NAME = 100;

function faultsOf(issue: z.core.$ZodIssue): RequestFault[] {
  const names = issue.code === 'unrecognized_keys' ? issue.keys : [];
  if (names.length === 0) return [{ pointer: pointerTo(issue.path), message: issue.message }];
  return names.map((name) => ({ pointer: pointerTo([...issue.path, name]), message: 'is not known here' }));
}

/** RFC 6901; in the query `/query/NAME`, in the body from its top. */
function pointerTo(path: readonly PropertyKey[]): string {
  const steps = path[0] === 'body' ? path.slice(1) : path;
  return steps.map((step) => `/${escapeStep(String(step).slice(0, MAX_NAME))}`).join('');
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
