/** What went wrong with a request, for a person: the API's problem documents (RFC 9457), or no answer at all. */
import type { Schema } from 'penstock-client';

export interface Failure {
  readonly title: string;
  readonly detail: string;
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  readonly code?: string;
  /** The guardrail that said no. */
  readonly guardrail?: string;
}

const NO_ANSWER: Failure = {
  title: 'No answer from the daemon',
  detail: 'It may be restarting, or the network between is down. What is shown is from before.',
  status: 0,
};

/** @param cause the body of an answer that is an error, or what `fetch` threw */
export function failureOf(cause: unknown, status = 0): Failure {
  if (isProblem(cause)) {
    const { title, detail, code, guardrail } = cause;
    const faults = (cause.problems ?? []).map(({ message }) => message).slice(0, 3);
    const told = faults.length > 0 ? `${detail}: ${faults.join('; ')}` : detail;
    return { title, detail: told, status: cause.status, code, ...(guardrail && { guardrail }) };
  }
  if (status === 0) return NO_ANSWER;
  return { title: `The daemon answered ${status}`, detail: 'The answer is none of the API.', status };
}

function isProblem(value: unknown): value is Schema<'Problem'> {
  const problem = value as Partial<Schema<'Problem'>> | null | undefined;
  return typeof problem?.detail === 'string' && typeof problem.status === 'number';
}
