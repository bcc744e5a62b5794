import { beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/daemon/metrics.ts';
import type { LaneStatus } from '../../../src/edges/alerts/lane-record.ts';
import { FakeEngine } from '../edges/api/fake-engine.ts';
import { STATUS } from '../edges/api/samples.ts';

const LANES: LaneStatus[] = [
  {
    sink: 'webhook',
    type: 'webhook',
    state: 'failing',
    backlog: 7,
    delivered: 5,
    failures: 2,
    refused: 1,
    lastSuccessMs: 4_000,
    failingSinceMs: 9_000,
    error: 'no',
  },
];

describe('metrics', () => {
  let engine: FakeEngine;
  const outbox = { status: () => LANES };

  beforeEach(() => {
    engine = new FakeEngine();
  });

  const scrape = async () => {
    const text = await createMetrics(engine, outbox).metrics();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => line.split(/ (?=[^ ]+$)/)));
  };

  it('are what the engine says', async () => {
    engine.answer('status', () => ({
      ...STATUS,
      kernel: { ...STATUS.kernel, table: 'in-place', driftRepairs: 3, verifiedAtMs: 12_500 },
      conntrack: { ...STATUS.conntrack, standingFlows: 11, events: 12, lost: 13, hooksRegistered: true },
      decisions: { pending: 1, provisional: 2, active: 4 },
      openIncidents: 5,
      activeSuppressions: 6,
      profiles: { established: 8, evicted: 9 },
    }));
    expect(await scrape()).toMatchObject({
      penstock_flows_standing: '11',
      penstock_conntrack_events_total: '12',
      penstock_conntrack_lost_total: '13',
      penstock_conntrack_hooks: '1',
      penstock_incidents_open: '5',
      penstock_suppressions_active: '6',
      penstock_profiles: '8',
      penstock_profiles_evicted_total: '9',
      penstock_decisions_pending: '1',
      penstock_decisions_provisional: '2',
      penstock_decisions_active: '4',
      penstock_kernel_in_place: '1',
      penstock_kernel_drift_repairs_total: '3',
      penstock_kernel_verified_timestamp_seconds: '12.5',
      'penstock_alerts_backlog{sink="webhook"}': '7',
      'penstock_alerts_failures_total{sink="webhook"}': '2',
    });
  });

  it('ask the engine once a scrape', async () => {
    await scrape();
    expect(engine.asked).toHaveLength(1);
  });

  it('are zero where the table is not in place', async () => {
    engine.answer('status', () => ({ ...STATUS, kernel: { ...STATUS.kernel, table: 'failed' } }));
    expect(await scrape()).toMatchObject({ penstock_kernel_in_place: '0' });
  });

  it('come without an engine that does not answer', async () => {
    engine.refuse('status', { code: 'failed', message: 'no' });
    expect(await scrape()).toHaveProperty(['penstock_alerts_backlog{sink="webhook"}'], '7');
  });

  it('count how long blocks took, in seconds', async () => {
    const registry = createMetrics(engine, outbox);
    for (const latencyMs of [0.05, 0.4, 30]) engine.tell({ notice: 'blocked', latencyMs });
    engine.tell({ notice: 'appended', seq: 1 });
    const text = await registry.metrics();
    expect(text).toContain('penstock_block_latency_seconds_bucket{le="0.00005"} 1\n');
    expect(text).toContain('penstock_block_latency_seconds_bucket{le="0.0005"} 2\n');
    expect(text).toContain('penstock_block_latency_seconds_count 3\n');
  });
});
