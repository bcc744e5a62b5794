import type { Command } from 'commander';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { describeProposal } from '../proposal-wording.ts';

export function defineProposal(command: Command): void {
  command
    .addHelpText('after', examples('proposal', 'approve P3 --reason "looked at the plan"', 'reject P3'))
    .action(
      doing(async (context) => {
        const answer = await answered((await context.api()).GET('/v1/policy/proposal'));
        context.screen.show(answer, ({ proposal }, look) =>
          proposal === null ? 'none' : describeProposal(proposal, look),
        );
        return undefined;
      }),
    );
}
