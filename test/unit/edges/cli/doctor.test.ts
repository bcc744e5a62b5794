import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conntrack } from '../../../../src/edges/cli/doctor/conntrack.ts';
import { kernel, libnftables, nftCommand, privileges } from '../../../../src/edges/cli/doctor/machine.ts';
import { stateDirectory } from '../../../../src/edges/cli/doctor/state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['4.19.0', 'fail'],
  ['5.5.9', 'fail'],
  ['5.6.0', 'warn'],
  ['6.1.0-13-amd64', 'warn'],
  ['6.13.9', 'warn'],
  ['6.14.0', 'ok'],
  ['6.18.44-x', 'ok'],
  ['10.0.0', 'ok'],
  ['strange', 'fail'],
])('kernel %s: %s', (version, outcome) => expect(kernel(version).outcome).toBe(outcome));

it.each([
  ['CapEff:\t000001ffffffffff\n', 'ok'],
  ['CapEff:\t0000000000001000\n', 'ok'],
  ['CapEff:\t0000000000000000\n', 'fail'],
  ['CapEff:\t00000000ffffefff\n', 'fail'],
  ['', 'fail'],
])('privileges by %j: %s', (status, outcome) => expect(privileges(status).outcome).toBe(outcome));

it('a library and a command that are missing are named with what to install', () => {
  expect(libnftables('libnothing.so.9')).toMatchObject({
    outcome: 'fail',
    next: 'apt-get install libnftables1',
  });
  expect(nftCommand('/nowhere/nft')).toMatchObject({ outcome: 'warn', found: 'ENOENT' });
});

describe('connection tracking', () => {
  const set = (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) writeFileSync(join(folder, name), `${value}\n`);
  };
  it('that is not loaded', () => {
    expect(conntrack(folder)).toMatchObject([{ outcome: 'fail', next: 'modprobe nf_conntrack' }]);
  });
  it('with each setting on, off and missing', () => {
    set({ nf_conntrack_max: '262144', nf_conntrack_acct: '1', nf_conntrack_timestamp: '0' });
    expect(conntrack(folder)).toMatchObject([
      { outcome: 'ok', found: 'up to 262144 flows' },
      { name: 'nf_conntrack_acct', outcome: 'ok' },
      { name: 'nf_conntrack_timestamp', outcome: 'warn', next: expect.stringContaining('sysctl -w') },
      { name: 'nf_conntrack_events', outcome: 'fail' },
    ]);
  });
});

describe('the state directory', () => {
  it('is well when it is for its owner alone', () => {
    chmodSync(folder, 0o700);
    expect(stateDirectory(folder).outcome).toBe('ok');
  });
  it.each([0o750, 0o701, 0o777])('is not when others may enter: %o', (mode) => {
    chmodSync(folder, mode);
    expect(stateDirectory(folder)).toMatchObject({ outcome: 'fail', next: `chmod 700 ${folder}` });
  });
  it('may be missing, but not be a file', () => {
    expect(stateDirectory(join(folder, 'none')).outcome).toBe('warn');
    writeFileSync(join(folder, 'file'), '');
    expect(stateDirectory(join(folder, 'file')).outcome).toBe('fail');
  });
});
