import type { Command } from 'commander';
import type { BreakerState } from '../../../decision/circuit-breaker.ts';
import type { Operator } from '../../../decision/operators.ts';
import { doing, examples } from '../context.ts';
import { facts, table } from '../table.ts';
import { localTime, timeLeft } from '../time.ts';

const VERBS = {
  open: 'Stop automation: it only alerts until the breaker is closed; what stands goes on standing',
  close: 'Let automation act again, upon all that stands now',
};

export function addBreaker(program: Command): void {
  const breaker = program
    .command('breaker')
    .description('Whether automation may act, or only alerts since blocks spiked')
    .addHelpText('after', examples('breaker', 'breaker close --reason "the feed is mended"'));
  breaker
    .command('show', { isDefault: true })
    .description('Show it')
    .action(
      doing(async ({ client, screen }) => {
        screen.show(await client.get<BreakerState>('/v1/breaker'), describe);
        return undefined;
      }),
    );
  for (const [verb, description] of Object.entries(VERBS)) {
    breaker
      .command(verb)
      .description(description)
      .requiredOption('--reason <text>', 'why; goes into the ledger')
      .action(
        doing<{ reason: string }>(async ({ client, screen }, _args, { reason }) => {
          screen.show(await client.post<BreakerState>(`/v1/breaker/${verb}`, { reason }), describe);
          return undefined;
        }),
      );
  }
}

export function addOperators(program: Command): void {
  program
    .command('operators')
    .description('From where people run Penstock: addresses that no automatic action touches')
    .addHelpText('after', examples('operators'))
    .action(
      doing(async ({ client, screen }) => {
        const answer = await client.get<{ items: Operator[] }>('/v1/operators');
        screen.show(answer, ({ items }) =>
          items.length === 0 ? 'none' : describeOperators(items, screen.width),
        );
        return undefined;
      }),
    );
}

function describeOperators(operators: readonly Operator[], width: number | undefined): string {
  const rows = operators.map(({ address, via, local, port, actor, untilMs }) => [
    address,
    via,
    `${local} port ${port}`,
    actor,
    timeLeft(untilMs),
  ]);
  return table(['address', 'by', 'reached', 'token', 'protected'], rows, width);
}

function describe(breaker: BreakerState): string {
  if (breaker.state === 'closed') return 'closed: automation may act';
  return facts([
    ['OPEN', 'automation only alerts; close it with penstock breaker close'],
    ['since', localTime(breaker.sinceMs)],
    ['by', breaker.actor],
    ['reason', breaker.reason],
  ]);
}
