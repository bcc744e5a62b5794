import type { Command } from 'commander';
import type { Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { alarming, type Look } from '../look.ts';
import { facts } from '../table.ts';
import { moment } from '../time.ts';

const VERBS = {
  open: 'Stop automation: it only alerts until the breaker is closed; what stands goes on standing',
  close: 'Let automation act again, upon all that stands now',
} as const;

export function defineBreaker(command: Command): void {
  command.addHelpText('after', examples('breaker', 'breaker close --reason "the feed is mended"'));
  command
    .command('show', { isDefault: true })
    .description('Show it')
    .addHelpText('after', examples('breaker show', '--json breaker'))
    .action(
      doing(async (context) => {
        context.screen.show(await answered((await context.api()).GET('/v1/breaker')), describe);
        return undefined;
      }),
    );
  for (const verb of ['open', 'close'] as const) addVerb(command, verb);
}

function addVerb(breaker: Command, verb: keyof typeof VERBS): void {
  breaker
    .command(verb)
    .description(VERBS[verb])
    .requiredOption('--reason <text>', 'why; goes into the ledger')
    .addHelpText('after', examples(`breaker ${verb} --reason "looked into it"`))
    .action(
      doing<{ reason: string }>(async (context, _args, { reason }) => {
        const api = await context.api();
        const breaker = await answered(api.POST(`/v1/breaker/${verb}`, { body: { reason } }));
        context.screen.show(breaker, describe);
        return undefined;
      }),
    );
}

function describe(breaker: Schema<'Breaker'>, look: Look): string {
  if (breaker.state === 'closed') return 'closed: automation may act';
  return facts(
    [
      ['OPEN', alarming('automation only alerts; close it with penstock breaker close')],
      ['since', moment(breaker.sinceMs, look)],
      ['by', breaker.actor],
      ['reason', breaker.reason],
    ],
    look,
  );
}
