/** A problem document (RFC 9457) as an error that a person can act on. */
import type { Schema } from 'penstock-client';
import { formatProblem } from '../../policy/problem.ts';
import { CommandError, type ExitCode } from './errors.ts';

type Problem = Partial<Schema<'Problem'>>;

const EXIT_CODES: Readonly<Record<number, ExitCode>> = {
  400: 2,
  401: 3,
  403: 3,
  404: 2,
  413: 2,
  415: 2,
  422: 2,
};

/** What to do about it, where the document itself does not say. */
const NEXT: Readonly<Record<number, string>> = {
  401: '; set PENSTOCK_TOKEN to a token that works, or run this as root',
  429: '; wait a moment, then try again',
};

/** @param body of the answer: the document, or whatever came instead */
export function refusalOf(status: number, body: unknown): CommandError {
  const problem: Problem = typeof body === 'object' && body !== null ? body : {};
  const { code = 'bad-answer', detail = `the daemon answered ${status}`, guardrail, problems = [] } = problem;
  const exitCode = code === 'refused' ? 1 : (EXIT_CODES[status] ?? 1);
  const who = guardrail === undefined ? '' : ` (guardrail ${guardrail})`;
  return new CommandError(code, exitCode, `${detail}${who}${NEXT[status] ?? ''}`, {
    details: problems.map(describeFault),
  });
}

function describeFault(fault: NonNullable<Problem['problems']>[number]): string {
  if (!('file' in fault)) return `${fault.pointer}: ${fault.message}`;
  return formatProblem(fault);
}
