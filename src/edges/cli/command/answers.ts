import type { Command } from 'commander';
import type { Decision } from '../../../decision/decision.ts';
import { doing, examples } from '../context.ts';
import { facts } from '../table.ts';
import { decisionFacts } from '../wording.ts';
import { answerProposal, PROPOSAL_ID } from './proposal.ts';

const VERBS = {
  approve: 'Let a pending or provisional block stand for its whole time',
  reject: 'Refuse a pending block, or lift a provisional one at once',
  revoke: 'Lift a standing block at once',
};

/** approve, reject and revoke. */
export function addAnswers(program: Command): void {
  for (const [verb, description] of Object.entries(VERBS)) {
    const command = program
      .command(verb)
      .argument('<id>', 'the decision, such as D42, or a proposed policy, such as P3')
      .description(description)
      .option('--reason <text>', 'why; goes into the ledger')
      .addHelpText('after', examples(`${verb} D42 --reason "talked to the owner"`))
      .action(
        doing<{ reason?: string; force?: boolean }>(async ({ client, screen }, [id = ''], body) => {
          if (PROPOSAL_ID.test(id) && verb !== 'revoke') {
            await answerProposal(client, screen, verb, id, body);
            return undefined;
          }
          const path = `/v1/decisions/${encodeURIComponent(id)}/${verb}`;
          const decision = await client.post<Decision>(path, body);
          screen.show(decision, (one) => facts(decisionFacts(one)));
          return undefined;
        }),
      );
    if (verb === 'approve') command.option('--force', 'though it cuts the path of an operator');
  }
}
