import type { Command } from 'commander';
import type { Policy } from '../../../policy/policy.ts';
import { parseDuration } from '../../../policy/schema/quantity.ts';
import type { Client } from '../client.ts';
import { type Context, doing, examples, parsed } from '../context.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import { plain } from '../plain-text.ts';
import { describePlan } from '../plan-wording.ts';
import { besides, loadPolicy, problemLine, sourcesBody } from '../policy-file.ts';
import type { Screen } from '../screen.ts';
import type { PolicyApplied, PolicyCheck } from '../wire.ts';
import { describeTrial } from './confirm.ts';
import { describeProposal } from './proposal.ts';
import { showRevisionDifference } from './revision-difference.ts';

export function addDiff(program: Command): void {
  program
    .command('diff')
    .argument('[file]', 'what applying this policy would change')
    .description('What a policy would change, or what differs between two revisions; changes nothing')
    .option('--from <revision>', 'compare this revision', parsed(wholeNumber))
    .option('--to <revision>', 'with this one; default: the last', parsed(wholeNumber))
    .addHelpText('after', examples('diff policies/office.yaml', 'diff --from 3 --to 5', 'diff --from 3'))
    .action(
      doing<{ from?: number; to?: number }>((context, [file], { from, to }) => {
        if (file !== undefined && from === undefined && to === undefined) return showPlan(context, file);
        if (file === undefined && from !== undefined)
          return showRevisionDifference(context, { from, ...(to !== undefined && { to }) });
        throw new CommandError('bad-arguments', 2, 'name either a policy file, or a revision with --from');
      }),
    );
}

export function addApply(program: Command): void {
  program
    .command('apply')
    .argument('<file>')
    .description('Put a policy in force, with the files it includes')
    .option('--dry-run', 'only check it and say what it would change')
    .option('--reason <text>', 'why; goes into the ledger')
    .option('--force', 'though it cuts the path of an operator')
    .option(
      '--confirm-within <span>',
      'take it back by itself unless confirmed in time, such as 60s',
      parsed(trialSpan),
    )
    .addHelpText(
      'after',
      examples(
        'apply policies/office.yaml --reason "new mirror"',
        'apply policies/office.yaml --confirm-within 60s, then penstock confirm',
        'apply policies/office.yaml --dry-run',
      ),
    )
    .action(
      doing<Options>((context, [file = ''], options) =>
        options.dryRun ? showPlan(context, file) : apply(context, file, options),
      ),
    );
}

interface Options {
  dryRun?: boolean;
  reason?: string;
  confirmWithin?: string;
  force?: boolean;
}

/** As the API takes it: the text, once it is known to be good. */
function trialSpan(text: string): string {
  if (parseDuration(text) > 86_400_000) throw new Error(`'${text}' is too long; expected: at most 24h`);
  return text;
}

async function apply(
  { client, screen }: Context,
  file: string,
  { reason, confirmWithin, force = false }: Options,
): Promise<undefined> {
  const policy = await loadPolicy(file);
  await foretell(client, screen, policy);
  const applied = await client.put<PolicyApplied>('/v1/policy', {
    ...sourcesBody(policy),
    reason,
    confirmWithin,
    force,
  });
  for (const warning of applied.warnings) screen.remark(`warning: ${problemLine(besides(file, warning))}`);
  screen.show(applied, ({ revision, changed, trial, digest, proposal }) =>
    proposal
      ? `not in force yet: it takes a second person\n${describeProposal(proposal)}`
      : plain(
          changed
            ? `revision ${revision}: policy '${policy.name}' (${digest.slice(0, 12)}) is in force${trial ? ` ${describeTrial(trial)}` : ''}`
            : `revision ${revision}: this policy was in force already${confirmWithin ? '; there is nothing to confirm' : ''}`,
        ),
  );
}

/** What is about to change, before it does; the answer to the change itself is what counts. */
async function foretell(client: Client, screen: Screen, policy: Policy): Promise<void> {
  if (screen.json) return;
  const { plan } = await client.post<PolicyCheck>('/v1/policy/check', sourcesBody(policy));
  if (plan?.changed) for (const line of describePlan(plan).split('\n')) screen.remark(line);
}

async function showPlan({ client, screen }: Context, file: string): Promise<undefined> {
  const policy = await loadPolicy(file);
  const check = await client.post<PolicyCheck>('/v1/policy/check', sourcesBody(policy));
  refuseInvalid(file, check);
  for (const warning of check.warnings) screen.remark(`warning: ${problemLine(besides(file, warning))}`);
  screen.show(check, ({ plan }) => (plan ? describePlan(plan) : 'no plan'));
}

/** @throws CommandError with what the daemon finds wrong */
function refuseInvalid(file: string, { valid, problems, tests }: PolicyCheck): void {
  if (valid) return;
  const failures = tests.flatMap((test) => test.failures.map((failure) => `test '${test.name}': ${failure}`));
  throw new CommandError('invalid-policy', 2, `the daemon would refuse ${file}`, {
    details: [...problems.map((each) => problemLine(besides(file, each))), ...failures],
  });
}
