import type { Command } from 'commander';
import type { Schema } from 'penstock-client';
import { doing, examples } from '../action.ts';
import { answered } from '../client.ts';
import { type Cell, type Look, painted } from '../look.ts';
import { table } from '../table.ts';
import { age } from '../time.ts';
import { watchOption } from '../watch-option.ts';

type Sink = Schema<'AlertSink'>;
type SinkTest = Schema<'AlertSinkTest'>;

export function defineAlerts(command: Command): void {
  command.addHelpText('after', examples('alerts', 'alerts --watch', 'alerts test', 'alerts test soc'));
  command
    .command('list', { isDefault: true })
    .description('Where alerts go, and how each sink fares')
    .addOption(watchOption())
    .addHelpText('after', `${examples('alerts list', '--json alerts')}\n\nEnds with 1 while a sink fails.`)
    .action(
      doing(async (context) => {
        const answer = await answered((await context.api()).GET('/v1/alerts/sinks'));
        context.screen.show(answer, ({ items }, look) => describe(items, look));
        return answer.items.some(({ state }) => state === 'failing') ? 1 : undefined;
      }),
    );
  command
    .command('test')
    .argument('[sink]', 'by name; all, when left out')
    .description('Send a test alert now, past what waits')
    .addHelpText(
      'after',
      `${examples('alerts test', 'alerts test soc')}\n\nEnds with 1 when a sink did not take it.`,
    )
    .action(
      doing(async (context, [sink]) => {
        const api = await context.api();
        const answer = await answered(
          api.POST('/v1/alerts/test', { body: sink === undefined ? {} : { sink } }),
        );
        context.screen.show(answer, ({ items }, look) => describeTests(items, look));
        return answer.items.every(({ delivered }) => delivered) ? undefined : 1;
      }),
    );
}

function describe(sinks: readonly Sink[], look: Look): string {
  const rows = sinks.map((sink) => [
    sink.sink,
    sink.type,
    painted(sink.state),
    String(sink.backlog),
    String(sink.delivered),
    String(sink.refused),
    sink.lastSuccessMs === null ? 'never' : age(sink.lastSuccessMs, look),
    trouble(sink, look),
  ]);
  const columns = ['sink', { head: 'type', drop: 2 }, 'state', 'waiting', { head: 'delivered', drop: 1 }];
  return table([...columns, { head: 'given up', drop: 3 }, 'last taken', 'trouble'], rows, look);
}

function trouble({ error, failingSinceMs }: Sink, look: Look): Cell {
  if (error === null) return '-';
  return failingSinceMs === null ? error : `since ${age(failingSinceMs, look)}: ${error}`;
}

function describeTests(tests: readonly SinkTest[], look: Look): string {
  const rows = tests.map(({ sink, delivered, tookMs, error }) => [
    sink,
    painted(delivered ? 'ok' : 'fail'),
    `${tookMs} ms`,
    error ?? '-',
  ]);
  return table(['sink', 'taken', { head: 'took', drop: 1 }, 'trouble'], rows, look);
}
