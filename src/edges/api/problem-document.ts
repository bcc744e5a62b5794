/** Errors as RFC 9457 problem documents. */
import type { Response } from 'express';
import type { Refusal } from '../../engine/commands.ts';
import { PROBLEMS, type ProblemCode, RequestError } from './errors.ts';
import { withoutSecrets } from './secret-text.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

const REFUSALS = {
  notFound: 'not-found',
  conflict: 'conflict',
  refused: 'refused',
  changed: 'precondition-failed',
  failed: 'failed',
  busy: 'busy',
} as const;

/** The engine's no as a request's error. */
export function refusalError({ code, message, guardrail }: Refusal): RequestError {
  return new RequestError(REFUSALS[code], message, {
    ...(guardrail !== undefined && { guardrail }),
    ...(code === 'busy' && { headers: { 'Retry-After': '1' } }),
  });
}

/** The URI is a name, not an address: there is nothing to fetch. */
export function problemType(code: ProblemCode): string {
  return `urn:penstock:problem:${code}`;
}

/** It may repeat what was sent, but no token: problem documents are pasted into tickets. */
export function sendProblem(response: Response, error: RequestError): void {
  const { status, title } = PROBLEMS[error.problem];
  const { problems, guardrail, headers = {} } = error.details;
  response
    .status(status)
    .set(headers)
    .type(PROBLEM_CONTENT_TYPE)
    .send(
      withoutSecrets(
        JSON.stringify({
          type: problemType(error.problem),
          code: error.problem,
          title,
          status,
          detail: error.message,
          ...(problems && { problems }),
          ...(guardrail !== undefined && { guardrail }),
        }),
      ),
    );
}
