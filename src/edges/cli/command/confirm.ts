import type { Command } from 'commander';
import type { Confirmation, TrialStatus } from '../../../engine/commands.ts';
import type { Client } from '../client.ts';
import { doing, examples, parsed } from '../context.ts';
import { CommandError } from '../errors.ts';
import { wholeNumber } from '../listing.ts';
import { plain } from '../plain-text.ts';
import { localTime, timeLeft } from '../time.ts';
import type { Status } from '../wire.ts';

export function addConfirm(program: Command): void {
  program
    .command('confirm')
    .argument('[revision]', 'default: the one that waits', parsed(wholeNumber))
    .description('Keep a policy that was applied with --confirm-within')
    .option('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples('confirm', 'confirm 12 --reason "the shop still works"'))
    .action(
      doing<{ reason?: string }>(async ({ client, screen }, [text], body) => {
        const revision = text === undefined ? await waiting(client) : wholeNumber(text);
        const confirmed = await client.post<Confirmation>(`/v1/revisions/${revision}/confirm`, body);
        screen.show(confirmed, (one) =>
          plain(`revision ${one.revision}: policy '${one.policyName}' is confirmed and stays`),
        );
        return undefined;
      }),
    );
}

async function waiting(client: Client): Promise<number> {
  const { trial } = await client.get<Status>('/v1/status');
  if (trial) return trial.revision;
  throw new CommandError('nothing-to-confirm', 1, 'nothing waits to be confirmed');
}

/** `until 2026-10-05 14:00:00 +02:00 (in 58s), else revision 11 stands again; confirm: penstock confirm 12`. */
export function describeTrial({ revision, restoreTo, confirmByMs, leftMs }: TrialStatus): string {
  if (leftMs <= 0) return `its time is over: revision ${restoreTo} stands again in a moment`;
  const left = timeLeft(confirmByMs, confirmByMs - leftMs);
  return `until ${localTime(confirmByMs)} (${left}), else revision ${restoreTo} stands again; confirm: penstock confirm ${revision}`;
}
