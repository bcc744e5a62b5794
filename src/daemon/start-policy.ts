/** The policy that the daemon is started with, or told to read again. */
import type { Logger } from 'pino';
import type { StartPolicy } from '../engine/wire.ts';
import { type Loading, loadApart } from '../policy/load-thread.ts';
import { type Loaded, loadPolicyFile } from '../policy/loader.ts';
import type { Policy } from '../policy/policy.ts';
import { runPolicyTests } from '../policy/policy-tests.ts';
import { formatProblem } from '../policy/problem.ts';

/** What is in force when nobody named a policy and none was ever applied: it only watches. */
const OBSERVE = new URL('../../policies/observe.yaml', import.meta.url).pathname;

/**
 * A policy with problems is not used, and the last good one stays in force. A test that fails only warns: a stale test
 * must not keep a gateway without protection. The actor is `file` when somebody named it, `default` when nobody did.
 */
export async function readStartPolicy(path: string | undefined, log: Logger): Promise<StartPolicy> {
  const policyActor = path === undefined ? 'default' : 'file';
  const loading = loadApart(path ?? OBSERVE);
  const read = await loading.result;
  if (!read.ok) {
    const policyProblems = read.problems.map(formatProblem);
    for (const problem of policyProblems) log.error(`policy not used: ${problem}`);
    return { policy: undefined, policyActor, policyProblems };
  }
  void tellAdvice(read, loading.advice, log);
  return { policy: read.policy, policyActor, policyProblems: [] };
}

/** The engine has the policy by then. */
async function tellAdvice(read: Loaded, advice: Loading['advice'], log: Logger): Promise<void> {
  for (const warning of [...read.warnings, ...(await advice)]) log.warn(`policy: ${formatProblem(warning)}`);
  for (const failure of failedTests(read.policy)) log.warn(`policy: ${failure}`);
}

/** As `penstock apply` would: a policy whose own tests fail is refused. */
export function readAgain(path: string): { policy: Policy } | { problems: string[] } {
  const read = loadPolicyFile(path);
  const problems = read.ok ? failedTests(read.policy) : read.problems.map(formatProblem);
  return read.ok && problems.length === 0 ? { policy: read.policy } : { problems };
}

function failedTests(policy: Policy): string[] {
  const failed = runPolicyTests(policy).filter(({ passed }) => !passed);
  return failed.map(({ name, failures }) => `test '${name}' fails: ${failures.join('; ')}`);
}
