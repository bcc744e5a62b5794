/** A change of policy that waits for a second person. */
import type { Schema } from 'penstock-client';
import type { Cell, Look } from './look.ts';
import { facts } from './table.ts';
import { moment, timeLeft } from './time.ts';

type Proposal = Schema<'ProposedPolicy'>;

export function describeProposal(proposal: Proposal, look: Look): string {
  return facts(proposalFacts(proposal, look), look);
}

export function proposalFacts(proposal: Proposal, look: Look): [string, Cell][] {
  const { id, state, kind, to, policyName, policyDigest, actor, reason, answer } = proposal;
  return [
    ['proposal', id],
    ['state', state],
    ['change', kind === 'rollback' ? `rollback to revision ${to}` : 'apply'],
    ['policy', `${policyName}, ${policyDigest.slice(0, 12)}`],
    ['by', `${actor} at ${moment(proposal.proposedAtMs, look)}`],
    ['reason', reason || '-'],
    ...(proposal.force ? [['FORCED', "though it cuts an operator's path"] as [string, Cell]] : []),
    state === 'pending'
      ? ['waits', `for another person than ${actor}, lapses ${timeLeft(proposal.answerByMs, look.nowMs)}`]
      : ['answer', answer === null ? '-' : `by ${answer.actor} at ${moment(answer.atMs, look)}`],
  ];
}
