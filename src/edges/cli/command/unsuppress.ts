import type { Command } from 'commander';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { facts } from '../table.ts';
import { suppressionFacts } from '../wording.ts';

export function defineUnsuppress(command: Command): void {
  command
    .argument('<id>', 'the suppression, such as S7')
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples('unsuppress S7 --reason "the backup has moved"'))
    .action(
      doing<{ reason?: string }>(async (context, [id = ''], body) => {
        const api = await context.api();
        const path = '/v1/suppressions/{id}/revoke';
        const ended = await answered(api.POST(path, { params: { path: { id } }, body }));
        context.screen.show(ended, (one, look) => facts(suppressionFacts(one, look), look));
        return undefined;
      }),
    );
}
