import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExclusiveUse } from '../../../src/daemon/exclusive-use.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

const CLAIMANT = new URL('./claimant.ts', import.meta.url).pathname;

describe('ExclusiveUse', () => {
  let namespace: ThreadNamespace;
  let folder: string;
  let state: string;
  let children: ChildProcess[];

  beforeEach(() => {
    namespace = new ThreadNamespace();
    folder = mkdtempSync(join(tmpdir(), 'penstock-claim-'));
    state = join(folder, 'var/state');
    children = [];
  });

  afterEach(async () => {
    for (const child of children) await end(child);
    namespace[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  const end = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  /** Another process that holds `dir`. */
  const claimElsewhere = async (dir: string) => {
    const child = spawn(process.execPath, [CLAIMANT, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  };

  it('makes a state directory that only its owner sees, and writes who holds it', async () => {
    const held = await ExclusiveUse.claim(state);
    expect(statSync(state).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, 'lock')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(state, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
    held.release();
  });

  it('is given to one at a time within a process, and to the next after release', async () => {
    const held = await ExclusiveUse.claim(state);
    await expect(ExclusiveUse.claim(state)).rejects.toMatchObject({
      code: 'PENSTOCK_STATE_BUSY',
      exitCode: 1,
    });
    held.release();
    (await ExclusiveUse.claim(state)).release();
  });

  it('names the process that holds it, and is free when that one is killed', async () => {
    const child = await claimElsewhere(state);
    await expect(ExclusiveUse.claim(state)).rejects.toThrow(
      `another daemon (process ${child.pid}) uses ${state}`,
    );
    await end(child);
    (await ExclusiveUse.claim(state)).release();
  });

  it('is one a network namespace, whatever the state directory, and leaves the other directory free', async () => {
    const child = await claimElsewhere(state);
    const other = join(folder, 'other');
    await expect(ExclusiveUse.claim(other)).rejects.toMatchObject({ code: 'PENSTOCK_NAMESPACE_BUSY' });
    await end(child);
    (await ExclusiveUse.claim(other)).release();
  });

  it('says why a directory cannot be used', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(ExclusiveUse.claim(join(file, 'state'))).rejects.toMatchObject({
      code: 'PENSTOCK_STATE_UNUSABLE',
      message: expect.stringContaining('ENOTDIR'),
    });
    expect(existsSync(state)).toBe(false);
  });
});
