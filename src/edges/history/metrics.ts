/** The history's metrics for Prometheus. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { HistoryStatus } from './history.ts';

const NUMBERS: readonly [name: string, help: string, value: (status: HistoryStatus) => number][] = [
  [
    'penstock_history_ok',
    '1 while the history of flows is written',
    ({ problem }) => Number(problem === undefined),
  ],
  ['penstock_history_bytes', 'Size of the history of flows', ({ fileBytes }) => fileBytes],
  [
    'penstock_history_written_timestamp_seconds',
    'Last write of the history',
    ({ writtenAtMs }) => writtenAtMs / 1000,
  ],
  ['penstock_history_rows_total', 'Rows of the history that were added to', ({ rowsWritten }) => rowsWritten],
  ['penstock_history_lost_total', 'Minutes that could not be written', ({ lost }) => lost],
];

export function addHistoryMetrics(registry: Registry, history: { readonly status: HistoryStatus }): void {
  for (const [name, help, value] of NUMBERS) {
    const common = { name, help, registers: [registry] };
    if (!name.endsWith('_total')) {
      new Gauge({
        ...common,
        collect() {
          this.set(value(history.status));
        },
      });
      continue;
    }
    new Counter({
      ...common,
      collect() {
        this.reset();
        this.inc(value(history.status));
      },
    });
  }
}
