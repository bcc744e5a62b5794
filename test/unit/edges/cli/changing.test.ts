import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { incident, STATUS, suppression, TRIAL } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, reaching } from './penstock.ts';

const DAY_MS = 86_400_000;

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const as = (role: Role, ...args: string[]) => penstock(args, reaching(api, role));

describe('changing commands ask for what was said', () => {
  it.each([
    [['approve', 'D1', '--reason', 'known'], 'approve', { id: 'D1', actor: 'the-admin', reason: 'known' }],
    [['reject', 'D1'], 'reject', { id: 'D1', actor: 'the-admin', reason: '' }],
    [['revoke', 'D1'], 'revoke', { id: 'D1', actor: 'the-admin', reason: '' }],
    [
      ['block', '198.51.100.0/24', '--ttl', '1h', '--reason', 'known bad'],
      'enact',
      {
        target: { kind: 'destination', prefix: '198.51.100.0/24' },
        ttlMs: 3_600_000,
        actor: 'the-admin',
        reason: 'known bad',
      },
    ],
    [
      [
        'quarantine',
        '10.1.0.10',
        '--ttl',
        '2h',
        '--reason',
        'scans',
        '--allow-to',
        '10.0.0.53',
        '--allow-to',
        '10.9.0.0/16',
      ],
      'enact',
      {
        target: { kind: 'host', host: '10.1.0.10', allowTo: ['10.0.0.53/32', '10.9.0.0/16'] },
        ttlMs: 7_200_000,
        actor: 'the-admin',
        reason: 'scans',
      },
    ],
    [
      ['close', 'I1', '--reason', 'cleaned'],
      'closeIncident',
      { id: 'I1', actor: 'the-admin', reason: 'cleaned', verdict: 'resolved', suppressForMs: null },
    ],
    [
      ['close', 'I1', '--false', '--reason', 'backup'],
      'closeIncident',
      { id: 'I1', actor: 'the-admin', reason: 'backup', verdict: 'false', suppressForMs: 30 * DAY_MS },
    ],
    [
      ['close', 'I1', '--false', '--for', '7d', '--reason', 'backup'],
      'closeIncident',
      { id: 'I1', actor: 'the-admin', reason: 'backup', verdict: 'false', suppressForMs: 7 * DAY_MS },
    ],
    [
      ['close', 'I1', '--false', '--no-suppression', '--reason', 'once'],
      'closeIncident',
      { id: 'I1', actor: 'the-admin', reason: 'once', verdict: 'false', suppressForMs: null },
    ],
    [['unsuppress', 'S1'], 'revokeSuppression', { id: 'S1', actor: 'the-admin', reason: '' }],
    [
      ['unsuppress', 'S1', '--reason', 'moved'],
      'revokeSuppression',
      { id: 'S1', actor: 'the-admin', reason: 'moved' },
    ],
    [['confirm', '3'], 'confirm', { revision: 3, actor: 'the-admin', reason: '' }],
    [
      ['confirm', '3', '--reason', 'it works'],
      'confirm',
      { revision: 3, actor: 'the-admin', reason: 'it works' },
    ],
    [
      ['rollback', '--decision', 'D1', '--reason', 'wrong'],
      'undo',
      { id: 'D1', actor: 'the-admin', reason: 'wrong' },
    ],
    [['rollback'], 'rollback', { to: 1, actor: 'the-admin', reason: '' }],
    [
      ['rollback', '2', '--confirm-within', '90s'],
      'rollback',
      { to: 2, actor: 'the-admin', reason: '', confirmWithinMs: 90_000 },
    ],
    [
      ['rollback', '2', '--reason', 'printers'],
      'rollback',
      { to: 2, actor: 'the-admin', reason: 'printers' },
    ],
  ])('%j', async (args, name, params) => {
    expect(await as('admin', ...args)).toMatchObject({ code: 0, err: '' });
    expect(api.engine.changes()).toEqual([{ name, params }]);
  });

  it('what waits is confirmed, and a rollback leads to what was before it', async () => {
    api.engine.answer('status', () => ({ ...STATUS, trial: TRIAL }));
    expect((await as('admin', 'confirm')).out).toBe("revision 3: policy 'office' is confirmed and stays\n");
    await as('admin', 'rollback');
    expect(api.engine.changes()).toMatchObject([
      { name: 'confirm', params: { revision: 3 } },
      { name: 'rollback', params: { to: 2 } },
    ]);
  });

  it('nothing to confirm is a failure, and so is a rollback of two things', async () => {
    expect(await as('admin', 'confirm')).toMatchObject({
      code: 1,
      err: 'penstock: nothing waits to be confirmed\n',
    });
    expect((await as('admin', 'rollback', '2', '--decision', 'D1')).code).toBe(2);
    expect(api.engine.changes()).toEqual([]);
  });

  it('close shows what it taught, or why it taught nothing', async () => {
    const taught = { incident: incident(1, { state: 'closed' }), suppressions: [suppression(7)], note: null };
    api.engine.answer('closeIncident', () => taught);
    const close = ['close', 'I1', '--false', '--reason', 'backup'];
    expect((await as('admin', ...close)).out).toMatch(
      /^incident +I1\nstate +closed\n\nID +STATE +DETECTOR[^\n]*\nS7 +active +beacon +10\.1\.0\.10 -> 198\.51\.100\.66 443\/tcp/,
    );
    api.engine.answer('closeIncident', () => ({ ...taught, suppressions: [], note: 'add a rule' }));
    expect((await as('admin', ...close)).out).toBe('incident  I1\nstate     closed\nnote      add a rule\n');
  });

  it('a token is made, shown once, used and revoked', async () => {
    const made = await as(
      'admin',
      'token',
      'create',
      'console',
      '--role',
      'viewer',
      '--expires',
      '1d',
      '--json',
    );
    const { token, expiresAtMs } = JSON.parse(made.out);
    expect(expiresAtMs).toBeGreaterThan(Date.now());
    const use = () => penstock(['status'], { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: token });
    expect((await use()).code).toBe(0);
    expect((await as('admin', 'token', 'revoke', 'console')).code).toBe(0);
    expect((await use()).code).toBe(3);
  });

  it('a token of narrow scope does no more', async () => {
    const make = [
      'token',
      'create',
      'narrow',
      '--role',
      'admin',
      '--scope',
      'policy',
      '--scope',
      'status:read',
    ];
    const { token, scopes } = JSON.parse((await as('admin', ...make, '--json')).out);
    expect(scopes).toEqual(['policy', 'status:read']);
    const use = (...args: string[]) => penstock(args, { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: token });
    expect((await use('status')).code).toBe(0);
    expect((await use('decisions')).code).toBe(3);
    expect((await as('admin', 'token', 'list')).out).toMatch(/narrow +admin +policy, status:read/);
    expect((await as('admin', 'token', 'create', 'x', '--role', 'admin', '--scope', 'nonsense')).code).toBe(
      2,
    );
  });
});
