import type { Command } from 'commander';
import { doing, examples, parsed } from '../action.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import { showPlan } from '../policy-plan.ts';
import { showRevisionDifference } from './revision-difference.ts';

export function defineDiff(command: Command): void {
  command
    .argument('[file]', 'what applying this policy would change')
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
