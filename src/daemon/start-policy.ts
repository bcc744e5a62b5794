/** The policy that the daemon is started with, or told to read again. */
import type { Logger } from 'pino';
import { type Loading, loadApart } from '../policy/load-thread.ts';
import { type LoadResult, loadPolicyFile } from '../policy/loader.ts';
import type { Policy } from '../policy/policy.ts';
import { runPolicyTests } from '../policy/policy-tests.ts';
import { formatProblem } from '../policy/problem.ts';

/** What is in force when nobody named a policy and none was ever applied: it only watches. */
const OBSERVE = new URL('../../policies/observe.yaml', import.meta.url).pathname;

export interface StartPolicy {
  readonly policy: Policy | undefined;
  /** `file`: somebody named it; `default`: nobody named any. */
  readonly actor: 'file' | 'default';
  /** Why it is not used, one line a problem; the last good one stays in force. */
  readonly problems: readonly string[];
}

/** A test that fails only warns: a stale test must not keep a gateway without protection. */
export async function readStartPolicy(path: string | undefined, log: Logger): Promise<StartPolicy> {
  const actor = path === undefined ? 'default' : 'file';
  const loading = loadApart(path ?? OBSERVE);
  const read = await loading.result;
  if (!read.ok) return { policy: undefined, actor, problems: read.problems.map(formatProblem) };
  void tellAdvice(read, loading.advice, log);
  return { policy: read.policy, actor, problems: [] };
}

/** The engine has the policy by then. */
async function tellAdvice(
  read: Extract<LoadResult, { ok: true }>,
  advice: Loading['advice'],
  log: Logger,
): Promise<void> {
  for (const warning of [...read.warnings, ...(await advice)]) log.warn(`policy: ${formatProblem(warning)}`);
  for (const failure of failedTests(read)) log.warn(`policy: ${failure}`);
}

/** As `penstock apply` would: a policy whose own tests fail is refused. */
export function readAgain(path: string): { policy: Policy } | { problems: string[] } {
  const read = loadPolicyFile(path);
  const problems = read.ok ? failedTests(read) : read.problems.map(formatProblem);
  return read.ok && problems.length === 0 ? { policy: read.policy } : { problems };
}

function failedTests(read: LoadResult): string[] {
  if (!read.ok) return [];
  const failed = runPolicyTests(read.policy).filter(({ passed }) => !passed);
  return failed.map(({ name, failures }) => `test '${name}' fails: ${failures.join('; ')}`);
}
