import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { ServedApi } from './served-api.ts';

const SESSION = '10.1.0.10 50022 10.1.0.1 22';
const SSH = { address: '10.1.0.10', via: 'ssh', local: '10.1.0.1', port: 22 };

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const notes = () =>
  api.engine.asked.filter(({ name }) => name === 'noteOperator').map(({ params }) => params);
const ask = (as: Role, session?: string, path = '/v1/status') =>
  api.ask(path, { as, headers: session === undefined ? {} : { 'penstock-session': session } });

describe('from where an operator works', () => {
  it.each<[Role, boolean]>([
    ['viewer', false],
    ['operator', true],
    ['approver', true],
    ['admin', true],
  ])('is told of a %s: %s', async (role, told) => {
    await ask(role, SESSION);
    expect(notes()).toEqual(told ? [{ path: SSH, actor: `the-${role}` }] : []);
  });

  it.each<[string, string, object]>([
    ['IPv6', 'fd00:1::10 50022 fd00:1::1 2222', { address: 'fd00:1::10', local: 'fd00:1::1', port: 2222 }],
    ['a link-local address', 'fe80::10%eth0 50022 fe80::1%lan 22', { address: 'fe80::10', local: 'fe80::1' }],
    ['another spelling', 'FD00:1:0::10 50022 ::ffff:10.1.0.1 22', { status: 400 }],
    ['IPv4 in IPv6', '::ffff:10.1.0.10 50022 ::ffff:10.1.0.1 22', SSH],
  ])('is understood: %s', async (_, session, told) => {
    const { status } = await ask('operator', session);
    if ('status' in told) expect([status, notes()]).toEqual([told.status, []]);
    else expect(notes()).toMatchObject([{ path: { via: 'ssh', ...told } }]);
  });

  it.each([
    '',
    'elsewhere',
    '10.1.0.10',
    `${SESSION} more`,
    '10.1.0.10 0 10.1.0.1 22',
    '10.1.0.10 1 10.1.0.1 70000',
    '10.1.0.300 1 10.1.0.1 22',
  ])('is refused when it is none: %j', async (session) => {
    const { status, json } = await ask('operator', session);
    expect([status, json.code, notes()]).toEqual([400, 'bad-request', []]);
  });

  it('is nothing for a session of this machine itself, nor without a session', async () => {
    await ask('operator', '127.0.0.1 50022 127.0.0.1 22');
    await ask('operator');
    expect(notes()).toEqual([]);
  });

  it('is told once a minute', async () => {
    await ask('operator', SESSION);
    await ask('operator', SESSION, '/v1/decisions');
    expect(notes()).toHaveLength(1);
    api.nowMs += 60_000;
    await ask('operator', SESSION);
    expect(notes()).toHaveLength(2);
  });

  it('is told before what is asked', async () => {
    await api.ask('/v1/rollback', {
      ...{ method: 'POST', as: 'admin', body: { to: 1, force: true } },
      headers: { 'penstock-session': SESSION },
    });
    expect(api.engine.asked.map(({ name }) => name)).toEqual(['noteOperator', 'rollback']);
    expect(api.engine.asked[1].params).toEqual({ to: 1, actor: 'the-admin', reason: '', force: true });
  });

  it('is not believed of anybody without a token', async () => {
    const { status } = await api.ask('/v1/status', { headers: { 'penstock-session': SESSION } });
    expect([status, notes()]).toEqual([401, []]);
  });

  it('is the address of the peer, and no header, over the network', async () => {
    // 127.0.0.2 is a loopback address too: what comes from it is local.
    const answered = Promise.withResolvers<number | undefined>();
    const headers = { authorization: `Bearer ${api.tokens.operator}`, 'penstock-session': SESSION };
    const options = {
      localAddress: '127.0.0.2',
      host: '127.0.0.1',
      port: api.port,
      path: '/v1/status',
      headers,
    };
    request(options, (response) => {
      response.resume().once('end', () => answered.resolve(response.statusCode));
    }).end();
    expect(await answered.promise).toBe(200);
    expect(notes()).toEqual([{ path: SSH, actor: 'the-operator' }]);
  });
});
