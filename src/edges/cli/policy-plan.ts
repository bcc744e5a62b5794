/** What a policy on disk would change, asked of the daemon. */
import type { Answer, Client } from 'penstock-client';
import type { Policy } from '../../policy/policy.ts';
import { answered } from './client.ts';
import type { Context } from './context.ts';
import { CommandError } from './errors.ts';
import { describePlan } from './plan-wording.ts';
import { besides, loadPolicy, problemLine, sourcesBody } from './policy-file.ts';

type PolicyCheck = Answer<'post', '/v1/policy/check'>;

/** Show the plan; nothing changes. @throws CommandError with what the daemon finds wrong */
export async function showPlan(context: Context, file: string): Promise<undefined> {
  const { screen } = context;
  const policy = await loadPolicy(file);
  const check = await checkOf(await context.api(), policy);
  refuseInvalid(file, check);
  for (const warning of check.warnings) screen.remark(`warning: ${problemLine(besides(file, warning))}`);
  screen.show(check, ({ plan }, look) => (plan ? describePlan(plan, look) : 'no plan'));
}

export function checkOf(api: Client, policy: Policy): Promise<PolicyCheck> {
  return answered(api.POST('/v1/policy/check', { body: sourcesBody(policy) }));
}

function refuseInvalid(file: string, { valid, problems, tests }: PolicyCheck): void {
  if (valid) return;
  const failures = tests.flatMap((test) => test.failures.map((failure) => `test '${test.name}': ${failure}`));
  throw new CommandError('invalid-policy', 2, `the daemon would refuse ${file}`, {
    details: [...problems.map((each) => problemLine(besides(file, each))), ...failures],
  });
}
