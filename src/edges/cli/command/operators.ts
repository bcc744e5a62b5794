import type { Command } from 'commander';
import type { Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import type { Look } from '../look.ts';
import { table } from '../table.ts';
import { timeLeft } from '../time.ts';

export function defineOperators(command: Command): void {
  command.addHelpText('after', examples('operators', '--json operators')).action(
    doing(async (context) => {
      const answer = await answered((await context.api()).GET('/v1/operators'));
      context.screen.show(answer, ({ items }, look) => (items.length === 0 ? 'none' : describe(items, look)));
      return undefined;
    }),
  );
}

function describe(operators: readonly Schema<'Operator'>[], look: Look): string {
  const rows = operators.map(({ address, via, local, port, actor, untilMs }) => [
    address,
    via,
    `${local} port ${port}`,
    actor,
    timeLeft(untilMs, look.nowMs),
  ]);
  return table(['address', 'by', { head: 'reached', drop: 1 }, 'token', 'protected'], rows, look);
}
