/** approve, reject and revoke. */
import type { Command } from 'commander';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import type { Context } from '../context.ts';
import { describeProposal, proposalFacts } from '../proposal-wording.ts';
import { facts } from '../table.ts';
import { decisionFacts } from '../wording.ts';

interface Options {
  reason?: string;
  force?: boolean;
}

type Verb = 'approve' | 'reject' | 'revoke';

const PROPOSAL_ID = /^P[1-9][0-9]*$/;

export function defineApprove(command: Command): void {
  command.option('--force', 'though it cuts the path of an operator');
  define(command, 'approve', 'the decision, such as D42, or a proposed policy, such as P3');
}

export function defineReject(command: Command): void {
  define(command, 'reject', 'the decision, such as D42, or a proposed policy, such as P3');
}

export function defineRevoke(command: Command): void {
  define(command, 'revoke', 'the decision, such as D42');
}

function define(command: Command, verb: Verb, what: string): void {
  command
    .argument('<id>', what)
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples(`${verb} D42 --reason "talked to the owner"`, 'decisions --state pending'))
    .action(
      doing<Options>((context, [id = ''], body) =>
        PROPOSAL_ID.test(id) && verb !== 'revoke'
          ? answerProposal(context, verb, id, body)
          : answerDecision(context, verb, id, body),
      ),
    );
}

async function answerDecision(context: Context, verb: Verb, id: string, body: Options): Promise<undefined> {
  const api = await context.api();
  const decision = await answered(api.POST(`/v1/decisions/{id}/${verb}`, { params: { path: { id } }, body }));
  context.screen.show(decision, (one, look) => facts(decisionFacts(one, look), look));
}

async function answerProposal(
  context: Context,
  verb: 'approve' | 'reject',
  id: string,
  { reason }: Options,
): Promise<undefined> {
  const { screen } = context;
  const api = await context.api();
  const given = { params: { path: { id } }, body: { reason } };
  if (verb === 'reject') {
    screen.show(await answered(api.POST('/v1/policy/proposals/{id}/reject', given)), describeProposal);
    return undefined;
  }
  const answer = await answered(api.POST('/v1/policy/proposals/{id}/approve', given));
  screen.show(answer, ({ proposal, revision }, look) =>
    facts([...proposalFacts(proposal, look), ['revision', String(revision)]], look),
  );
  return undefined;
}
