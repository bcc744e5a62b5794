import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { timedSubscriptions } from '../../../../src/daemon/metrics/timed-sink.ts';
import type { AlertSink } from '../../../../src/edges/alerts/sink.ts';

function sink(more: Partial<AlertSink> = {}): AlertSink {
  return { name: 'soc', type: 'webhook', deliver: async () => {}, ...more };
}

describe('a timed sink', () => {
  it('is the sink, with all it can and nothing it cannot', async () => {
    const told: string[] = [];
    const whole = sink({
      ...{ batch: 10, settleMs: 5 },
      watch: () => void told.push('watch'),
      reopen: () => void told.push('reopen'),
      close: async () => false,
    });
    const registry = new Registry();
    const rate = { perMinute: 1, burst: 1, over: 'delay' } as const;
    const [{ sink: timed, rate: kept }] = timedSubscriptions([{ sink: whole, rate }], registry);
    timed.watch?.(() => {});
    timed.reopen?.();
    expect([kept, timed.name, timed.type, timed.batch, timed.settleMs]).toEqual([
      rate,
      'soc',
      'webhook',
      10,
      5,
    ]);
    expect([told, await timed.close?.()]).toEqual([['watch', 'reopen'], false]);
    const [{ sink: bare }] = timedSubscriptions([{ sink: sink() }], new Registry());
    expect(Object.keys(bare)).toEqual(['name', 'type', 'deliver']);
  });

  it('times what was taken and what failed', async () => {
    const registry = new Registry();
    let failure: Error | undefined;
    const deliver = async () => {
      if (failure) throw failure;
    };
    const [{ sink: timed }] = timedSubscriptions([{ sink: sink({ deliver }) }], registry);
    const { signal } = new AbortController();
    await timed.deliver([], signal);
    failure = new Error('down');
    await expect(timed.deliver([], signal)).rejects.toThrow('down');
    const text = await registry.metrics();
    expect(text).toContain('penstock_alerts_attempt_seconds_count{sink="soc",outcome="taken"} 1\n');
    expect(text).toContain('penstock_alerts_attempt_seconds_count{sink="soc",outcome="failed"} 1\n');
  });
});
