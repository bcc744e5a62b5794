import type { Command } from 'commander';
import type { ProposedPolicy } from '../../../ledger/proposed-policy.ts';
import type { Client } from '../client.ts';
import { doing, examples } from '../context.ts';
import type { Screen } from '../screen.ts';
import { facts } from '../table.ts';
import { localTime, timeLeft } from '../time.ts';

/** Where approve and reject go. */
export const PROPOSAL_ID = /^P[1-9][0-9]*$/;

export function addProposal(program: Command): void {
  program
    .command('proposal')
    .description('The change of policy that waits for a second person (guardrails.twoPersons.policy)')
    .addHelpText('after', examples('proposal', 'approve P3 --reason "looked at the plan"', 'reject P3'))
    .action(
      doing(async ({ client, screen }) => {
        const answer = await client.get<{ proposal: ProposedPolicy | null }>('/v1/policy/proposal');
        screen.show(answer, ({ proposal }) => (proposal === null ? 'none' : describeProposal(proposal)));
        return undefined;
      }),
    );
}

/** `penstock approve P3` and `penstock reject P3`. */
export async function answerProposal(
  client: Client,
  screen: Screen,
  verb: string,
  id: string,
  body: { reason?: string },
): Promise<void> {
  const path = `/v1/policy/proposals/${encodeURIComponent(id)}/${verb}`;
  if (verb === 'reject') screen.show(await client.post<ProposedPolicy>(path, body), describeProposal);
  else {
    const answer = await client.post<{ proposal: ProposedPolicy; revision: number }>(path, body);
    screen.show(answer, ({ proposal, revision }) =>
      facts([...proposalFacts(proposal), ['revision', String(revision)]]),
    );
  }
}

export function describeProposal(proposal: ProposedPolicy): string {
  return facts(proposalFacts(proposal));
}

function proposalFacts(proposal: ProposedPolicy): [string, string][] {
  const { id, state, kind, to, policyName, policyDigest, actor, reason, answer } = proposal;
  return [
    ['proposal', id],
    ['state', state],
    ['change', kind === 'rollback' ? `rollback to revision ${to}` : 'apply'],
    ['policy', `${policyName}, ${policyDigest.slice(0, 12)}`],
    ['by', `${actor} at ${localTime(proposal.proposedAtMs)}`],
    ['reason', reason || '-'],
    ...(proposal.force ? [['FORCED', "though it cuts an operator's path"] as [string, string]] : []),
    state === 'pending'
      ? ['waits', `for another person than ${actor}, lapses ${timeLeft(proposal.answerByMs)}`]
      : ['answer', answer === null ? '-' : `by ${answer.actor} at ${localTime(answer.atMs)}`],
  ];
}
