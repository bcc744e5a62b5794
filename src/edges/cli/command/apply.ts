import type { Command } from 'commander';
import type { Answer, Client } from 'penstock-client';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { CommandError, type ExitCode } from '../errors.ts';
import type { Look } from '../look.ts';
import { plain } from '../plain-text.ts';
import { describePlan } from '../plan-wording.ts';
import { besides, loadPolicy, problemLine, sourcesBody } from '../policy-file.ts';
import { checkOf, showPlan } from '../policy-plan.ts';
import { describeProposal } from '../proposal-wording.ts';
import type { Screen } from '../screen.ts';
import { trialSpan } from '../trial-span.ts';
import { describeTrial } from '../trial-wording.ts';

interface Options {
  dryRun?: boolean;
  reason?: string;
  confirmWithin?: string;
  force?: boolean;
  wait?: boolean;
}

export function defineApply(command: Command): void {
  command
    .argument('<file>')
    .option('--dry-run', 'only check it and say what it would change')
    .option('--reason <text>', 'why; goes into the ledger')
    .option('--force', 'though it cuts the path of an operator')
    .option(
      '--confirm-within <span>',
      'take it back by itself unless confirmed in time, such as 60s',
      parsed(trialSpan),
    )
    .option('--wait', 'until it is confirmed or taken back, or a second person has answered')
    .addHelpText(
      'after',
      `${examples(
        'apply policies/office.yaml --reason "new mirror"',
        'apply policies/office.yaml --confirm-within 60s, then penstock confirm',
        'apply policies/office.yaml --confirm-within 10m --wait',
        'apply policies/office.yaml --dry-run',
      )}\n${EXITS}`,
    )
    .action(
      doing<Options>((context, [file = ''], options) => {
        if (options.dryRun && options.wait)
          throw new CommandError('bad-option', 2, '--wait has no meaning with --dry-run');
        return options.dryRun ? showPlan(context, file) : apply(context, file, options);
      }),
    );
}

const EXITS = 'With --wait it ends with 0 once the policy stays, and with 1 when it does not.';

async function apply(
  context: Context,
  file: string,
  { reason, confirmWithin, force = false, wait = false }: Options,
): Promise<ExitCode | undefined> {
  const { screen } = context;
  const policy = await loadPolicy(file);
  const api = await context.api();
  if (!screen.json) await foretell(api, screen, policy);
  const body = { ...sourcesBody(policy), reason, confirmWithin, force };
  const applied = await answered(api.PUT('/v1/policy', { body }));
  for (const warning of applied.warnings) screen.remark(`warning: ${problemLine(besides(file, warning))}`);
  if (!wait || !screen.json)
    screen.show(applied, (one, look) => describeApplied(one, policy.name, confirmWithin !== undefined, look));
  if (!wait) return undefined;
  const { waitForAnswer } = await import('../apply-wait.ts');
  return waitForAnswer(context, applied);
}

function describeApplied(
  applied: Answer<'put', '/v1/policy'>,
  name: string,
  isTried: boolean,
  look: Look,
): string {
  const { revision, changed, trial, digest, proposal } = applied;
  if (proposal) return `not in force yet: it takes a second person\n${describeProposal(proposal, look)}`;
  if (!changed) {
    const nothing = isTried ? '; there is nothing to confirm' : '';
    return `revision ${revision}: this policy was in force already${nothing}`;
  }
  const until = trial ? ` ${describeTrial(trial)}` : '';
  return plain(`revision ${revision}: policy '${name}' (${digest.slice(0, 12)}) is in force${until}`);
}

/** What is about to change, before it does; the answer to the change itself is what counts. */
async function foretell(api: Client, screen: Screen, policy: Parameters<typeof checkOf>[1]): Promise<void> {
  const { plan } = await checkOf(api, policy);
  if (plan?.changed)
    for (const line of describePlan(plan, { ...screen.look, colours: false }).split('\n'))
      screen.remark(line);
}
