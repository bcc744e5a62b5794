import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowPage } from '../api/flow-pages.ts';
import { FLOW, incident } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, Running, reaching } from './penstock.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-learn-'));
const recording = join(folder, 'monday.ndjson');
const strangers = join(folder, 'strangers.ndjson');
const broken = join(folder, 'broken.ndjson');
const HOST = '10.1.0.10';
const BEGIN_S = 1_760_000_000;

const line = (ts: number, dst: string, more: object = {}) =>
  JSON.stringify({
    ...{ ts, duration: 1, proto: 'tcp', src: HOST, sport: 40_000, dst, dport: 443, state: 'SF' },
    ...{ orig_bytes: 180, orig_pkts: 3, reply_bytes: 900, reply_pkts: 4 },
    ...more,
  });

beforeAll(() => {
  // A note that would be YAML if it were copied.
  const lines = Array.from({ length: 9 }, (_, i) =>
    line(BEGIN_S + i, `9.9.${i % 3}.9`, { source_note: '\nmode: enforce' }),
  );
  writeFileSync(recording, `${lines.join('\n')}\n`);
  writeFileSync(strangers, `${line(BEGIN_S, 'ff02::1', { src: 'fe80::1' })}\n`);
  writeFileSync(broken, 'no flow\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('penstock learn from recordings', () => {
  it('prints a policy that check and test accept, and allows what replay shows', async () => {
    const file = join(folder, 'office.yaml');
    const { code, out, err } = await penstock(['learn', '--name', 'office', recording]);
    expect({ code, err }).toEqual({ code: 0, err: 'learnt 9 of 9 flows; rules: 1\n' });
    expect(out).toMatch(/^# Proposed by penstock learn/);
    expect(out).not.toContain('enforce');
    writeFileSync(file, out);
    expect(await penstock(['check', file])).toMatchObject({ code: 0, out: `${file}: valid\n` });
    expect(await penstock(['test', file])).toMatchObject({ code: 0, out: `${file}: 1 of 1 tests pass\n` });
    expect(await penstock(['replay', '--policy', file, recording])).toMatchObject({ out: 'no incidents\n' });
  });
  it('prints the proposal as one JSON document', async () => {
    const { code, out, err } = await penstock(['learn', '--json', recording]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      name: 'learnt',
      traffic: { flows: 9, learnt: 9 },
      rules: [{ from: ['lan-10.1.0.0-24'], services: ['https'], hits: 9, sources: 1 }],
    });
  });
  it.each([
    [
      'networks named',
      ['--hosts', '10.0.0.0/8', '--hosts', '192.0.2.0/24'],
      ['net-10.0.0.0-8', 'net-192.0.2.0-24'],
    ],
    ['wider groups', ['--group-prefix', '16'], ['lan-10.1.0.0-16']],
  ])('%s', async (_what, args, groups) => {
    const { out } = await penstock(['learn', '--json', ...args, recording]);
    expect(JSON.parse(out).hostGroups.map(({ name }: { name: string }) => name)).toEqual(groups);
  });
  it.each([
    ['neither recording nor --live', [], 'name recorded flows, or --live'],
    ['both', ['--live', recording], 'name recorded flows, or --live'],
    ['--for without --live', ['--for', '1m', recording], '--for and --every need --live'],
    [
      'networks that overlap',
      ['--hosts', '10.1.0.0/16', '--hosts', '10.0.0.0/8', recording],
      '10.1.0.0/16 lies in 10.0.0.0/8',
    ],
    [
      'a network twice',
      ['--hosts', '10.0.0.0/8', '--hosts', '10.0.0.0/8', recording],
      '10.0.0.0/8 lies in 10.0.0.0/8',
    ],
    [
      'groups of named networks',
      ['--hosts', '10.0.0.0/8', '--group-prefix', '16', recording],
      "'--group-prefix <bits>' cannot be used with",
    ],
    ['a length that is none', ['--group-prefix', '33', recording], 'a length from 8 to 32'],
    ['a name that is none', ['--name', 'a\nb', recording], 'a name has 1-63 letters'],
    ['a broken recording', [broken], `${broken}:1`],
    ['a recording that is not there', [join(folder, 'none')], 'none'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, out, err } = await penstock(['learn', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
  it('says when there is nothing to learn', async () => {
    const { code, out, err } = await penstock(['learn', strangers]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe('penstock: nothing to learn: none of 1 flows was opened by a host of ours\n');
  });
});

describe('penstock learn --live', () => {
  const CALLED = '9.9.9.9';

  it('learns from the flows of the daemon, but not what its incidents are about', async () => {
    await using api = await ServedApi.start();
    const flows = [FLOW, { ...FLOW, destination: CALLED }];
    api.engine.answer('flows', () => flowPage({ flows, standing: 2, truncated: false, next: null }));
    const known = incident(7, {
      cause: 'denyList',
      source: 'known-c2',
      destination: CALLED,
      severity: 'high',
    });
    api.append({ type: 'incident.opened', actor: 'penstock', body: { incident: known } });
    const ran = await penstock(['learn', '--live', '--for', '1s', '--every', '1s'], reaching(api, 'viewer'));
    expect(ran.code).toBe(0);
    expect(ran.err).toBe('learnt 1 of 2 flows; rules: 1; withheld as suspicious: 1, below the rules\n');
    expect(ran.out).toMatch(/# {3}seen in \d looks at a running daemon;[\s\S]*recording is\s+(# +)?better/);
    expect(ran.out).toMatch(/\n {6}to: \{ cidrs: \[ 203\.0\.113\.10\/32 \] \}\n/);
    expect(ran.out).toContain(`# # WITHHELD: ${CALLED}\n`);
  });
  const LONG = ['learn', '--live', '--for', '1h', '--every', '1s'];
  it('ends early when interrupted, with what it saw', async () => {
    await using api = await ServedApi.start();
    const running = new Running(LONG, reaching(api, 'viewer'));
    await expect.poll(() => api.engine.asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
    running.interrupt();
    expect(await running.done).toMatchObject({ code: 0, out: expect.stringContaining('203.0.113.10/32') });
  });
  it('keeps what it saw when the daemon goes', async () => {
    const api = await ServedApi.start();
    const running = new Running(LONG, reaching(api, 'viewer'));
    await expect.poll(() => api.engine.asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await api[Symbol.asyncDispose]();
    const early = expect.stringContaining('the watch ended early');
    expect(await running.done).toMatchObject({ code: 0, out: early, err: early });
  });
  it('fails without a daemon', async () => {
    const api = await ServedApi.start();
    const gone = reaching(api, 'viewer');
    await api[Symbol.asyncDispose]();
    const ran = await penstock(['learn', '--live'], gone);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no daemon at') });
  });
});
