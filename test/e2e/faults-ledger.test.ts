/** When nothing can be recorded nothing is done, it is said so, and afterwards what was missed is made good. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { SmallDisk } from '../faults/small-disk.ts';
import { allDecisions } from '../faults/soundness.ts';
import { until } from '../network/waiting.ts';

const POLICY = denyingPolicy('action: block, target: flow, ttl: 1h, approval: none');
const BY_HAND = {
  target: { kind: 'destination', prefix: '198.51.100.66/32' },
  ttlMs: 3_600_000,
  reason: 'test',
};

/** Something that keeps the ledger from being written. */
interface Fault {
  what: string;
  said: RegExp;
  begin: () => void;
  end: () => void;
}

let scene: Scene;
let disk: SmallDisk;
let locker: DatabaseSync;

beforeEach(async () => {
  scene = await Scene.open('ledger', { policy: POLICY }, (daemon) => {
    disk = new SmallDisk(daemon.stateDir, '8m');
    daemon.writePolicy(POLICY);
  });
});

afterEach(async () => {
  await scene?.daemon.stop('SIGKILL');
  disk.unmount();
  await scene?.close();
});

/** Its answer may be half a second old. */
function readiness(status: number): Promise<unknown> {
  const ask = async () => (await scene.daemon.call('GET', '/readyz')).status === status;
  return until(`/readyz to say ${status}`, ask);
}

const FAULTS: Fault[] = [
  { what: 'the disk is full', said: /no space is left/, begin: () => disk.fill(), end: () => disk.free() },
  {
    what: 'another process holds the ledger locked',
    said: /another process holds it locked/,
    begin() {
      locker = new DatabaseSync(join(scene.daemon.stateDir, 'ledger.db'));
      locker.exec('BEGIN IMMEDIATE');
    },
    end() {
      locker.exec('ROLLBACK');
      locker.close();
    },
  },
];

describe.each(FAULTS)('$what', ({ said, begin, end }) => {
  it('no block without a record, and none is forgotten', async () => {
    scene.send('203.0.113.9', 1000);
    await scene.decided(1000, 'active');
    begin();
    // Without anything to record, too.
    await readiness(503);
    scene.send('203.0.113.9', 1001);
    await until('the failure on stderr', () =>
      scene.daemon.output.match(/not recorded, so not done: .*/)?.[0].match(said),
    );
    expect((await scene.get<{ ledgerError?: string }>('/v1/status')).ledgerError).toMatch(said);
    expect(await scene.daemon.call('POST', '/v1/decisions', BY_HAND)).toMatchObject({
      status: 503,
      body: { code: 'failed', detail: expect.stringMatching(said) },
    });
    expect((await allDecisions(scene.daemon)).map(({ state }) => state)).toEqual(['active']);
    await scene.expectSound();
    end();
    // The connection goes on, and no event tells of it any more.
    await scene.decided(1001, 'active');
    await readiness(200);
    await scene.block('198.51.100.66/32');
    await scene.expectSound();
    expect(scene.daemon.cli('audit', 'verify').status).toBe(0);
  });

  it('killed meanwhile: the next start makes good what was missed', async () => {
    begin();
    await readiness(503);
    scene.send('203.0.113.9', 1001);
    await until('the failure on stderr', () => scene.daemon.output.match(/not recorded, so not done/));
    expect(await scene.daemon.stop('SIGKILL')).toBe('SIGKILL');
    end();
    await scene.daemon.start();
    await scene.decided(1001, 'active');
    await scene.expectSound();
  });
});

it('a daemon that starts on a full disk says so and ends', async () => {
  await scene.daemon.stop();
  disk.fill();
  scene.daemon.launch();
  expect(await scene.daemon.exited()).toBe(1);
  expect(scene.daemon.output).toMatch(/no space is left|ENOSPC|disk is full/);
  // What it left in the kernel is the table, which blocks nothing that was not decided.
  expect(execFileSync('nft', ['list', 'tables']).toString()).toContain('penstock');
  disk.free();
  await scene.daemon.start();
  await scene.expectSound();
});
