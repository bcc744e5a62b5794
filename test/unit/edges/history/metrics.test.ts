import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { addHistoryMetrics } from '../../../../src/edges/history/metrics.ts';

it('tells how the history fares, and that it is not written', async () => {
  const registry = new Registry();
  const history = {
    status: {
      rowsWritten: 30,
      writes: 2,
      lost: 1,
      fileBytes: 4_096,
      writtenAtMs: 5_000,
      problem: 'no space is left',
    },
  };
  addHistoryMetrics(registry, history);
  const text = await registry.metrics();
  for (const line of [
    'penstock_history_ok 0',
    'penstock_history_bytes 4096',
    'penstock_history_written_timestamp_seconds 5',
    'penstock_history_rows_total 30',
    'penstock_history_lost_total 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(await registry.metrics()).toBe(text);
});
