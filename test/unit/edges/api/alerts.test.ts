import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertControl } from '../../../../src/edges/api/resource/alerts.ts';
import { ServedApi } from './served-api.ts';

const SINK = {
  sink: 'soc',
  type: 'syslog',
  state: 'failing' as const,
  backlog: 7,
  delivered: 5,
  failures: 2,
  refused: 1,
  lastSuccessMs: 4_000,
  failingSinceMs: 9_000,
  error: 'syslog siem.example:6514 cannot be reached: ECONNREFUSED',
};

class FakeAlerts implements AlertControl {
  readonly asked: unknown[] = [];

  status() {
    return [
      SINK,
      {
        ...SINK,
        sink: 'journal',
        type: 'journal',
        state: 'idle' as const,
        failingSinceMs: null,
        error: null,
      },
    ];
  }

  async test(sink: string | undefined, actor: string) {
    this.asked.push([sink, actor]);
    return [{ sink: sink ?? 'soc', delivered: false, tookMs: 12, error: SINK.error }];
  }
}

const alerts = new FakeAlerts();
let api: ServedApi;
beforeAll(async () => {
  api = await ServedApi.start({ alerts });
});
afterAll(() => api[Symbol.asyncDispose]());

test('sinks tell how they fare', async () => {
  const { status, json } = await api.ask('/v1/alerts/sinks', { as: 'viewer' });
  expect([status, json.items[0], json.items.length]).toEqual([200, SINK, 2]);
});

test('the status says which of them fail', async () => {
  const { json } = await api.ask('/v1/status', { as: 'viewer' });
  expect(json.alerts).toEqual({ sinks: 2, failing: ['soc'] });
});

test('a test alert is sent in the name of who asked, answered, and recorded', async () => {
  const sent = { method: 'POST', as: 'operator', body: { sink: 'soc' } } as const;
  const { status, json } = await api.ask('/v1/alerts/test', sent);
  expect(status).toBe(200);
  expect(json.items).toEqual([{ sink: 'soc', delivered: false, tookMs: 12, error: SINK.error }]);
  expect(alerts.asked).toEqual([['soc', 'the-operator']]);
  const body = { sink: 'soc', delivered: false, error: SINK.error };
  expect(api.engine.asked).toContainEqual(
    expect.objectContaining({
      name: 'record',
      params: { entries: [{ type: 'alert.tested', actor: 'the-operator', body }] },
    }),
  );
});

test('a sink that is not there is not found, and a viewer sends nothing', async () => {
  const asked = alerts.asked.length;
  const to = (sink: string, as: 'operator' | 'viewer') =>
    api.ask('/v1/alerts/test', { method: 'POST', as, body: { sink } });
  expect((await to('nobody', 'operator')).status).toBe(404);
  expect((await to('soc', 'viewer')).status).toBe(403);
  expect(alerts.asked).toHaveLength(asked);
});
