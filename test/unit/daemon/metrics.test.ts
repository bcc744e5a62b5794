import { beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/daemon/metrics.ts';
import type { LaneStatus } from '../../../src/edges/alerts/lane-record.ts';
import { FakeEngine } from '../edges/api/fake-engine.ts';
import { STATUS } from '../edges/api/samples.ts';
import { MEASURES } from '../engine/measure/sample-measures.ts';

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
      conntrack: { ...STATUS.conntrack, standingFlows: 11, hooksRegistered: true },
      decisions: { pending: 1, provisional: 2, active: 4 },
      openIncidents: 5,
      activeSuppressions: 6,
      profiles: { established: 8, evicted: 9 },
    }));
    expect(await scrape()).toMatchObject({
      penstock_flows_standing: '11',
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

  it('are what the engine counts', async () => {
    expect(await scrape()).toMatchObject({
      penstock_conntrack_events_total: '340',
      penstock_conntrack_lost_total: '1',
      penstock_conntrack_walk_entries_total: '48',
      'penstock_verdicts_total{verdict="deny"}': '20',
      'penstock_findings_total{detector="beacon",outcome="suppressed"}': '6',
      'penstock_incidents_opened_total{severity="critical"}': '3',
      'penstock_decision_events_total{event="proposed",origin="automatic"}': '4',
      'penstock_decision_events_total{event="vetoed",origin="none"}': '2',
      'penstock_ledger_entries_total{type="drift.contested"}': '1',
      'penstock_kernel_elements_changed_total{action="create"}': '40',
      penstock_packet_log_missed_total: '2',
      penstock_dns_learnt_total: '3',
      penstock_policy_next_expiry_timestamp_seconds: '1791288000',
    });
  });

  it('have histograms whose buckets hold all below them', async () => {
    expect(await scrape()).toMatchObject({
      'penstock_ledger_append_seconds_bucket{le="0.0001"}': '5',
      'penstock_ledger_append_seconds_bucket{le="0.001"}': '7',
      'penstock_ledger_append_seconds_bucket{le="+Inf"}': '8',
      penstock_ledger_append_seconds_sum: '0.25',
      penstock_ledger_append_seconds_count: '8',
    });
  });

  it('ask the engine for each thing once a scrape', async () => {
    await scrape();
    expect(engine.asked.map(({ name }) => name).sort()).toEqual(['measures', 'status']);
  });

  it('leave out what is not known, instead of saying 0', async () => {
    engine.answer('measures', () => ({
      ...MEASURES,
      packetLog: undefined,
      policy: { ...MEASURES.policy, nextExpiryMs: null },
    }));
    const found = Object.keys(await scrape());
    expect(found).not.toContain('penstock_policy_next_expiry_timestamp_seconds');
    expect(found).not.toContain('penstock_packet_log_missed_total');
    expect(found).toContain('penstock_policy_rules');
  });

  it('are zero where the table is not in place', async () => {
    engine.answer('status', () => ({ ...STATUS, kernel: { ...STATUS.kernel, table: 'failed' } }));
    expect(await scrape()).toMatchObject({ penstock_kernel_in_place: '0' });
  });

  it('come without an engine that does not answer', async () => {
    engine.refuse('status', { code: 'failed', message: 'no' });
    const found = await scrape();
    expect(found).toHaveProperty(['penstock_alerts_backlog{sink="webhook"}'], '7');
    expect(found).not.toHaveProperty(['penstock_kernel_in_place']);
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
