/** Every way a request can fail: stable code, HTTP status and title. The code is also the end of the problem's type URI. */
export const PROBLEMS = {
  'invalid-body': { status: 400, title: 'The body cannot be read' },
  'bad-request': { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The role of this token does not allow it' },
  'cross-site': { status: 403, title: 'Pages of other sites may change nothing here' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  conflict: { status: 409, title: 'Its state does not allow it' },
  'idempotency-in-progress': {
    status: 409,
    title: 'The first request with this key is still being carried out',
  },
  'idempotency-unknown': {
    status: 409,
    title: 'Whether the first request with this key took effect is not known',
  },
  'precondition-failed': { status: 412, title: 'It is not in the state that the change was meant for' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has a type that is not taken here' },
  'wrong-host': { status: 421, title: 'The Host header names another server' },
  'invalid-request': { status: 422, title: 'The request does not fit the schema' },
  'invalid-policy': { status: 422, title: 'The policy is not valid' },
  'idempotency-mismatch': { status: 422, title: 'This key was used for another request' },
  refused: { status: 422, title: 'A guardrail or a check says no' },
  'too-many-requests': { status: 429, title: 'Too many requests in a short time' },
  internal: { status: 500, title: 'Something went wrong inside' },
  failed: { status: 503, title: 'The kernel or the ledger said no' },
  'identity-provider': { status: 503, title: 'The identity provider cannot be asked' },
  busy: { status: 503, title: 'Too many at once' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault in what was sent. `pointer` is a JSON Pointer (RFC 6901) into the body, or `query/NAME`. */
export interface RequestFault {
  readonly pointer: string;
  readonly message: string;
}

/** One fault in a policy file; lines and columns from 1. */
export interface PolicyFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly field: string;
  readonly message: string;
  readonly expected: string;
}

export interface ProblemDetails {
  problems?: readonly (RequestFault | PolicyFault)[];
  /** The guardrail that said no. */
  guardrail?: string;
  /** Extra response headers, for example `Allow`. */
  headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with a problem document. `message` is told to the client: nothing internal in it. */
export class RequestError extends Error {
  readonly code = 'PENSTOCK_API_REQUEST';
  readonly problem: ProblemCode;
  readonly details: ProblemDetails;

  constructor(problem: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message);
    this.name = 'RequestError';
    this.problem = problem;
    this.details = details;
  }
}

/** A handler made an answer that does not fit its own schema: a fault of ours, never shown to the client. */
export class AnswerError extends Error {
  readonly code = 'PENSTOCK_API_ANSWER';

  constructor(route: string, cause: unknown) {
    super(`the answer of ${route} does not fit its schema`, { cause });
    this.name = 'AnswerError';
  }
}

/** The access database cannot be used. */
export class AccessDatabaseError extends Error {
  readonly code = 'PENSTOCK_API_ACCESS_DATABASE';

  constructor(path: string, cause: unknown) {
    super(`cannot use ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'AccessDatabaseError';
  }
}
