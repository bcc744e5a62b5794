import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/edges/api/role.ts';
import { lost } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, Running, reaching, start } from './penstock.ts';

/** Of a busy machine. */
const PATIENCE = { timeout: 30_000 };

let api: ServedApi;
beforeEach(async () => {
  api = await ServedApi.start();
});
afterEach(() => api[Symbol.asyncDispose]());

const as = (role: Role, ...args: string[]) => penstock(args, reaching(api, role));

describe('reading commands show tables, and with --json what the API says', () => {
  it.each([
    [['status'], '/v1/status', /kernel table +in-place/],
    [
      ['incidents'],
      '/v1/incidents?limit=100',
      /^ID +STATE +SEVERITY +SCORE[^\n]*\nI3 +open +medium +1\.00 +policyViolation +10\.1\.0\.10/,
    ],
    [['incidents', 'I2'], '/v1/incidents/I2', /first seen +2026-10-05 14:00:00 \+02:00/],
    [
      ['decisions', '--state', 'pending'],
      '/v1/decisions?state=pending&limit=100',
      /\nD2 +pending +block +10\.1\.0\.10 -> 198\.51\.100\.66 443\/tcp/,
    ],
    [
      ['suppressions', '--state', 'active'],
      '/v1/suppressions?state=active&limit=100',
      /^ID +STATE +DETECTOR +SILENCES[^\n]*HITS[^\n]*\nS1 +active +beacon +10\.1\.0\.10 -> 198\.51\.100\.66 443\/tcp +[^\n]* 5 +the monitoring\n$/,
    ],
    [
      ['suppressions'],
      '/v1/suppressions?limit=100',
      /\nS2 +revoked +beacon +10\.1\.0\.10 as a whole +revoked at /,
    ],
    [['suppressions', 'S1'], '/v1/suppressions/S1', /hits +5\n$/],
    [['decisions', 'D1'], '/v1/decisions/D1', /kernel +in the kernel since 2026-10-05 14:00:00 \+02:00/],
    [['revisions'], '/v1/revisions?limit=100', /\n2 +2026-10-05 14:00:00 \+02:00 +policy +file/],
    [
      ['rules'],
      '/v1/policy/rules',
      /^RULE +HITS +LAST HIT +EXPIRES +OWNER +NOTE\nweb-payments +12 +2026-10-05 14:00:00 \+02:00 +- +team-pay\nold +0 +- +2026-10-05 14:00:00 \+02:00 +- +EXPIRED\nspare +0 +- +- +- +UNUSED\n\ncounted since 2026-10-05 14:00:00 \+02:00 by the connections seen\n$/,
    ],
    [['flows'], '/v1/flows?limit=100', /allow +tcp +10\.1\.0\.10:40000 +203\.0\.113\.10:443 +1\.5 KiB/],
    [
      ['hosts', '10.1.0.10'],
      '/v1/hosts/10.1.0.10',
      /\nmost uploaded +3 MiB in an hour, not known in a day\n[\s\S]*\noddHours +warming +30h +120h +Says nothing yet\.\n[\s\S]*\nMon +\?\.-\+#{20}\n/,
    ],
    [['hosts', 'fd00:1::10'], '/v1/hosts/fd00:1::10', /^host +fd00:1::10 \(web\)\n/],
    [
      ['audit'],
      '/v1/audit?order=newest&limit=100',
      /suppression\.revoked +S2 +the-operator +beacon 10\.1\.0\.10 as a whole, until [^\n]*: moved\n/,
    ],
    [['token', 'list'], '/v1/tokens', /the-viewer +viewer/],
  ])('%j', async (args, path, text) => {
    const plain = await as('admin', ...args);
    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.out).toMatch(text);
    const json = await as('admin', ...args, '--json');
    const { json: said } = await api.ask(path, { as: 'admin' });
    expect(JSON.parse(json.out)).toEqual(said);
  });
});

it('hosts shows which detectors are not ready, and says when there are more', async () => {
  const listed = await as('viewer', 'hosts', '--limit', '1');
  expect(listed.out).toMatch(
    /^HOST +GROUPS[^\n]* WARMING UP\n10\.1\.0\.10 +web +[^\n]* 30h +400 +0\.62 +slowed +oddHours, fanOut\n$/,
  );
  expect(listed.err).toBe('There are more (7 are known): use --limit.\n');
  const json = await as('viewer', 'hosts', '--json');
  expect(JSON.parse(json.out)).toEqual((await api.ask('/v1/hosts', { as: 'viewer' })).json);
});

describe('events', () => {
  it('shows what happens, one line each, until it is interrupted', async () => {
    const running = new Running(['events', '--after', '0', '--type', 'conntrack'], reaching(api, 'viewer'));
    api.append(lost(3));
    await expect
      .poll(() => running.out.text, PATIENCE)
      .toMatch(/conntrack\.lost {2}- {2}by penstock {2}lost 3\n$/);
    api.append(lost(4));
    await expect.poll(() => running.out.text, PATIENCE).toMatch(/lost 3\n.*lost 4\n$/);
    running.interrupt();
    expect(await running.done).toMatchObject({ code: 0, err: '' });
    expect(running.listeners).toBe(0);
  });
  it('waits for a daemon that is started again, and misses and repeats nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-events-'));
    const whereabouts = () => writeFileSync(join(folder, 'url'), api.url);
    writeFileSync(join(folder, 'admin.token'), api.tokens.admin);
    whereabouts();
    const running = new Running(['--state-dir', folder, 'events', '--after', '0', '--type', 'conntrack'], {});
    api.append(lost(1));
    await expect.poll(() => running.out.text, PATIENCE).toContain('lost 1');
    // It comes up again on another port.
    await api.restart();
    api.append(lost(2));
    whereabouts();
    await expect.poll(() => running.out.text, { timeout: 20_000 }).toContain('lost 2');
    running.interrupt();
    expect((await running.done).out.match(/lost \d/g)).toEqual(['lost 1', 'lost 2']);
    expect(running.err.text).toMatch(/; waiting for the daemon\n$/);
    rmSync(folder, { recursive: true });
  });
  it('does not wait for a daemon that never was, nor for one that says no', async () => {
    const stranger = await penstock(['events'], { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: 'x' });
    expect(stranger).toMatchObject({ code: 3, err: expect.stringContaining('set PENSTOCK_TOKEN') });
    expect((await as('viewer', 'events', '--type', '!')).code).toBe(2);
    const nowhere = { PENSTOCK_URL: 'unix:/nowhere/socket', PENSTOCK_TOKEN: 'x' };
    expect(await penstock(['events'], nowhere)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no daemon at unix:/nowhere/socket'),
    });
  });
});

it('a reader that has seen enough ends the command quietly', async () => {
  const child = start(['events', '--after', '0'], reaching(api, 'viewer'));
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  await once(child.stdout as Readable, 'data');
  child.stdout?.destroy();
  const ended = once(child, 'exit');
  api.append(lost(1));
  expect(await ended).toEqual([0, null]);
  expect(err).toBe('');
});
