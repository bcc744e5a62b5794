import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ApiMeter } from '../../../../src/daemon/metrics/api-meter.ts';
import { until } from '../../../network/waiting.ts';

/** A small API that is metered, and what was counted of it. */
async function metered() {
  const registry = new Registry();
  const app = express();
  app.use(new ApiMeter(registry).handler);
  app.get('/v1/incidents/:id', (_, response) => void response.json({}));
  app.get('/v1/events', (_, response) => {
    response.set('Content-Type', 'text/event-stream').flushHeaders();
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const samples = async () => (await registry.metrics()).split('\n');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, samples, [Symbol.dispose]: close };
}

describe('the meter of the API', () => {
  it('counts by route, so that made-up paths are one label', async () => {
    using api = await metered();
    for (const path of ['/v1/incidents/I1', '/v1/incidents/I2', '/a', '/b?c'])
      await (await fetch(`${api.url}${path}`)).text();
    const wanted = [
      'penstock_api_requests_total{route="/v1/incidents/:id",method="GET",status="200"} 2',
      'penstock_api_requests_total{route="none",method="GET",status="404"} 2',
    ];
    await until('the counts', async () => {
      const found = await api.samples();
      return wanted.every((line) => found.includes(line));
    });
    expect(await api.samples()).toContain(
      'penstock_api_request_seconds_count{route="/v1/incidents/:id",method="GET"} 2',
    );
  });

  it('counts streams while they are open, and does not time them', async () => {
    using api = await metered();
    const leaving = new AbortController();
    await fetch(`${api.url}/v1/events`, { signal: leaving.signal });
    expect(await api.samples()).toContain('penstock_api_streams 1');
    leaving.abort();
    await until('the stream to end', async () => (await api.samples()).includes('penstock_api_streams 0'));
    expect((await api.samples()).join('\n')).not.toContain('request_seconds_count{route="/v1/events"');
  });
});
