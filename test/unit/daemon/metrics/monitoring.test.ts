/** What is given to people who run Prometheus and Grafana fits what the daemon tells. */
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { Registry } from 'prom-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiMeter } from '../../../../src/daemon/metrics/api-meter.ts';
import { EvidenceMeter } from '../../../../src/daemon/metrics/evidence-meter.ts';
import { timedSubscriptions } from '../../../../src/daemon/metrics/timed-sink.ts';
import { addDenyLists, createMetrics } from '../../../../src/daemon/metrics.ts';
import { FakeEngine } from '../../edges/api/fake-engine.ts';
import {
  alertRules,
  dashboard,
  expressions,
  familiesIn,
  familiesOf,
  RULE_TESTS_PATH,
  RULES_PATH,
} from './monitoring.ts';

describe('dashboard and alert rules', () => {
  let scrape: string;

  beforeAll(async () => {
    const registry = new Registry();
    timedSubscriptions([], registry);
    createMetrics(new FakeEngine(), { status: () => [] }, { registry, stateDir: tmpdir() });
    addDenyLists(registry, { status: [] });
    new ApiMeter(registry);
    new EvidenceMeter(registry);
    scrape = await registry.metrics();
  });

  it('name only metrics that there are', () => {
    const known = familiesOf(scrape);
    const asked = familiesIn(expressions());
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    expect(asked.size).toBeGreaterThan(60);
  });

  it('show every metric of ours somewhere', () => {
    const asked = familiesIn(expressions());
    const ours = [...familiesOf(scrape)].filter((name) => name.startsWith('penstock_'));
    expect(ours.filter((name) => !asked.has(name))).toEqual([]);
  });

  it('come from a scrape that promtool finds nothing wrong with', () => {
    const checked = execFileSync('promtool', ['check', 'metrics'], { input: scrape, encoding: 'utf8' });
    expect(checked).toBe('');
  });

  it('are rules that promtool takes', () => {
    expect(execFileSync('promtool', ['check', 'rules', RULES_PATH], { encoding: 'utf8' })).toContain(
      'SUCCESS',
    );
  });

  it('speak when they should and are silent otherwise, as promtool plays it', () => {
    const played = execFileSync('promtool', ['test', 'rules', RULE_TESTS_PATH], { encoding: 'utf8' });
    expect(played).toContain('SUCCESS');
  });

  it('are rules of two severities, each with a name of its own', () => {
    const rules = alertRules();
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { labels } of rules) expect(['page', 'ticket']).toContain(labels.severity);
  });

  it('are a dashboard whose panels ask the data source that is chosen, and lie apart', () => {
    const { panels, templating } = dashboard();
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ]);
    const chosen = { type: 'prometheus', uid: `\${datasource}` };
    for (const panel of panels) {
      for (const { datasource } of panel.targets ?? []) expect(datasource).toEqual(chosen);
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
  });
});
