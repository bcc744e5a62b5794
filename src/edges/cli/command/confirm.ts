import type { Command } from 'commander';
import type { Client } from 'penstock-client';
import { doing, examples, parsed } from '../action.ts';
import { answered } from '../client.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import { plain } from '../plain-text.ts';

export function defineConfirm(command: Command): void {
  command
    .argument('[revision]', 'default: the one that waits', parsed(wholeNumber))
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples('confirm', 'confirm 12 --reason "the shop still works"'))
    .action(
      doing<{ reason?: string }>(async (context, [text], body) => {
        const api = await context.api();
        const number = text === undefined ? await waiting(api) : wholeNumber(text);
        const confirmed = await answered(
          api.POST('/v1/revisions/{number}/confirm', { params: { path: { number } }, body }),
        );
        context.screen.show(confirmed, (one) =>
          plain(`revision ${one.revision}: policy '${one.policyName}' is confirmed and stays`),
        );
        return undefined;
      }),
    );
}

async function waiting(api: Client): Promise<number> {
  const { trial } = await answered(api.GET('/v1/status'));
  if (trial) return trial.revision;
  throw new CommandError('nothing-to-confirm', 1, 'nothing waits to be confirmed');
}
