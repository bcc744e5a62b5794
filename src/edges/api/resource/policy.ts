import { z } from 'zod';
import type { EngineControl } from '../../../engine/commands.ts';
import type { LedgerQueries } from '../../../ledger/queries.ts';
import { lintPolicy } from '../../../policy/lint/lint.ts';
import { loadPolicySources } from '../../../policy/loader.ts';
import type { Policy, PolicySources } from '../../../policy/policy.ts';
import { runPolicyTests } from '../../../policy/policy-tests.ts';
import { askEngine } from '../engine-answer.ts';
import { type PolicyFault, RequestError } from '../errors.ts';
import { jsonRoute, NOTHING, type Route } from '../route.ts';
import { policyProblem, policySources, policyTestSchema, sourcesOfText } from '../schema/policy.ts';
import { policyPlan, proposedPolicy } from '../schema/policy-plan.ts';
import { trialStatus } from '../schema/status.ts';
import { confirmWithin, force, forceText, reason } from '../schema/text.ts';

interface Parts {
  engine: EngineControl;
  ledger: LedgerQueries;
  now: () => number;
}

const bodyRules = { limitBytes: 16 * 2 ** 20, fromText: { 'application/yaml': sourcesOfText } };

const EXAMPLE = {
  entry: 'policy.yaml',
  files: {
    'policy.yaml':
      'apiVersion: penstock/v1\nkind: EgressPolicy\nmetadata: {name: office}\nspec: {mode: audit}\n',
  },
};

export function policyRoutes(parts: Parts): Route[] {
  return [currentRoute(parts), applyRoute(parts), checkRoute(parts)];
}

function currentRoute({ engine, ledger }: Parts): Route {
  return jsonRoute({
    method: 'get',
    path: '/v1/policy',
    role: 'viewer',
    summary: 'The policy in force, as it was written',
    request: NOTHING,
    answer: z.object({
      name: z.string(),
      digest: z.string(),
      revision: z.number(),
      entry: z.string(),
      files: z.record(z.string(), z.string()),
    }),
    tagOf: ({ digest }) => digest,
    async handle() {
      const { policy } = await askEngine(engine, 'status', {});
      const sources = ledger.policySources(policy.digest);
      if (!sources) throw new RequestError('not-found', 'no policy is in force');
      const files = Object.fromEntries(sources.files.map(({ name, text }) => [name, text]));
      return { ...policy, entry: sources.entry, files };
    },
  });
}

function applyRoute({ engine, now }: Parts): Route {
  return jsonRoute({
    method: 'put',
    path: '/v1/policy',
    role: 'admin',
    summary: 'Put a policy in force; one with a problem or a failing test changes nothing',
    conditional: true,
    request: {
      ...NOTHING,
      query: z.strictObject({ reason, confirmWithin: confirmWithin.optional(), force: forceText }),
      body: policySources
        .extend({ confirmWithin: confirmWithin.optional(), force })
        .meta({ example: { ...EXAMPLE, confirmWithin: '10m', reason: 'SEC-1412' } }),
    },
    bodyRules,
    answer: z.object({
      revision: z.number(),
      changed: z.boolean(),
      trial: trialStatus.nullable().meta({ description: 'What is to be confirmed, and until when.' }),
      proposal: proposedPolicy.nullable().meta({
        description: 'It waits for a second person and is not in force; null where one is enough.',
      }),
      digest: z.string(),
      warnings: z.array(policyProblem),
    }),
    tagOf: ({ proposal, digest }) => (proposal === null ? digest : undefined),
    async handle({ query, body }, { name: actor }, { ifMatch }) {
      const { policy, places, warnings } = loaded(sourcesOf(body));
      refuseFailing(policy, now());
      const confirmWithinMs = body.confirmWithin ?? query.confirmWithin;
      const applying = askEngine(engine, 'applyPolicy', {
        policy,
        actor,
        reason: body.reason || query.reason,
        ...((body.force || query.force) && { force: true }),
        ...(confirmWithinMs !== undefined && { confirmWithinMs }),
        ...(ifMatch !== undefined && ifMatch !== 'any' && { insteadOf: ifMatch }),
      });
      const advice = lintPolicy(policy, places, now());
      return { ...(await applying), digest: policy.digest, warnings: [...warnings, ...advice] };
    },
  });
}

function checkRoute({ engine, now }: Parts): Route {
  return jsonRoute({
    method: 'post',
    path: '/v1/policy/check',
    role: 'operator',
    reads: true,
    summary: 'What is wrong with a policy and what it would change; changes nothing',
    request: { ...NOTHING, body: policySources.meta({ example: EXAMPLE }) },
    bodyRules,
    answer: z.object({
      valid: z.boolean().meta({ description: 'Without problems, and all of its tests pass.' }),
      problems: z.array(policyProblem),
      warnings: z.array(policyProblem),
      tests: z.array(policyTestSchema),
      plan: policyPlan.nullable(),
    }),
    async handle({ body }, _caller, _conditions, closed) {
      const result = loadPolicySources(sourcesOf(body));
      if (!result.ok) {
        return { valid: false, problems: [...result.problems], warnings: [], tests: [], plan: null };
      }
      const { policy, warnings } = result;
      const tests = runPolicyTests(policy, now());
      return {
        valid: tests.every(({ passed }) => passed),
        problems: [],
        warnings: [...warnings],
        tests: tests.map((test) => ({ ...test, failures: [...test.failures] })),
        plan: await askEngine(engine, 'planPolicy', { policy }, closed),
      };
    },
  });
}

function sourcesOf({ entry, files }: z.output<typeof policySources>): PolicySources {
  return { entry, files: Object.entries(files).map(([name, text]) => ({ name, text })) };
}

/** Advice is given while the engine puts it in force: on 10,000 rules it takes as long as reading one file of them. */
function loaded(sources: PolicySources) {
  const result = loadPolicySources(sources, { advice: false });
  if (result.ok) return result;
  throw new RequestError('invalid-policy', 'the policy has problems; nothing was changed', {
    problems: result.problems,
  });
}

function refuseFailing(policy: Policy, nowMs: number): void {
  const problems = runPolicyTests(policy, nowMs).flatMap(({ name, place, failures }): PolicyFault[] =>
    failures.map((failure) => ({ ...place, message: `test '${name}': ${failure}`, expected: '' })),
  );
  if (problems.length === 0) return;
  throw new RequestError('invalid-policy', "the policy's own tests fail; nothing was changed", { problems });
}
