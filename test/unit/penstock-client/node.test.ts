import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPenstockClient, followEvents } from '../../../src/penstock-client/src/index.ts';
import { routedFetch } from '../../../src/penstock-client/src/node.ts';
import { lost } from '../edges/api/samples.ts';
import { ServedApi } from '../edges/api/served-api.ts';
import { Doors } from './doors.ts';

const open = new AsyncDisposableStack();
let api: ServedApi;
let doors: Doors;
let socketPath: string;
beforeAll(async () => {
  api = open.use(await ServedApi.start());
  doors = open.use(new Doors(api.port));
  socketPath = await doors.socket();
  doors.certify();
});
afterAll(() => open.disposeAsync());

const through = (url: string, fetch: ReturnType<typeof routedFetch>) =>
  createPenstockClient({ url, token: api.tokens.admin, fetch });

describe('over a Unix socket', () => {
  it('reads, changes and is told what is wrong', async () => {
    const client = through('http://localhost', routedFetch({ socketPath }));
    const { data } = await client.GET('/v1/status');
    expect(data?.policy.name).toBe('office');
    const made = await client.POST('/v1/tokens', { body: { name: 'socket', role: 'viewer' } });
    expect(made.data?.token).toMatch(/./);
    const { error, response } = await client.GET('/v1/incidents/{id}', { params: { path: { id: 'I99' } } });
    expect([error?.code, response.status]).toEqual(['not-found', 404]);
  });
  it('follows events until it is told to stop', async () => {
    const stopper = new AbortController();
    const seen: string[] = [];
    const events = followEvents({
      ...{ url: 'http://localhost', token: api.tokens.viewer, fetch: routedFetch({ socketPath }) },
      ...{ types: ['conntrack'], after: '0', signal: stopper.signal },
    });
    api.append(lost(5));
    await expect(
      (async () => {
        for await (const { type } of events) {
          seen.push(type);
          stopper.abort();
        }
      })(),
    ).rejects.toThrow(/abort/i);
    expect(seen).toEqual(['conntrack.lost']);
  });
  it('fails with the code of what is not there', async () => {
    const client = through('http://localhost', routedFetch({ socketPath: doors.path('none.sock') }));
    await expect(client.GET('/v1/status')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('over TLS', () => {
  it('trusts the authority that is named, and no other', async () => {
    const url = await doors.tls(false);
    const { data } = await through(url, routedFetch({ ca: doors.read('ca.pem') })).GET('/v1/status');
    expect(data?.policy.name).toBe('office');
    await expect(through(url, routedFetch({})).GET('/v1/status')).rejects.toThrow();
  });
  it('shows a certificate where one is asked for', async () => {
    const url = await doors.tls(true);
    const known = { ca: doors.read('ca.pem'), cert: doors.read('client.pem'), key: doors.read('client.key') };
    expect((await through(url, routedFetch(known)).GET('/v1/status')).response.status).toBe(200);
    const unknown = routedFetch({ ca: doors.read('ca.pem') });
    await expect(through(url, unknown).GET('/v1/status')).rejects.toThrow();
  });
});

it('the token is taken nowhere else: no redirect is followed', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const client = through(`http://127.0.0.1:${port}`, routedFetch({}));
  await expect(client.GET('/v1/status')).rejects.toThrow('not followed');
  expect(asked).toEqual(['/v1/status']);
  server.closeAllConnections();
  server.close();
});
