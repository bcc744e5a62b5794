/**
 * Others on the same gateway: real firewalld and fail2ban, Docker's and libvirt's rules. Their tables are left as
 * they are, ours is left as it is, blocks and bans of all of them hold. And one that does not leave ours alone.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelStatus } from '../../src/engine/commands.ts';
import { AT_ONCE } from '../../src/engine/repair-pace.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allEntries } from '../faults/soundness.ts';
import { DOCKER_AND_LIBVIRT, Fail2ban, Firewalld } from '../network/foreign-firewall.ts';
import { until } from '../network/waiting.ts';

const BLOCKED = { 4: '198.51.100.66', 6: '2001:db8:66::66' };
const FREE = { 4: '198.51.100.67', 6: '2001:db8:66::67' };
type Pair = typeof FREE;
/** Somebody outside who knocks at the gateway itself. */
const KNOCKER = '198.51.100.68';

let scene: Scene;
let firewalld: Firewalld;
let fail2ban: Fail2ban;

beforeAll(async () => {
  scene = await Scene.open('foreign', { policy: denyingPolicy('action: alert') });
  scene.network.outside('server', [`${BLOCKED[4]}/24`, `${BLOCKED[6]}/64`]);
  scene.network.outside('free', [`${FREE[4]}/24`, `${FREE[6]}/64`]);
  scene.network.outside('knocker', [`${KNOCKER}/24`, '2001:db8:66::68/64']);
  const restored = scene.network.run('gateway', 'iptables-nft-restore', [], { input: DOCKER_AND_LIBVIRT });
  expect(restored.status, restored.stderr).toBe(0);
  scene.network.start('gateway', 'socat', ['TCP-LISTEN:8080,fork,reuseaddr', 'EXEC:echo hello']);
  [firewalld, fail2ban] = await Promise.all([Firewalld.start(scene.network), Fail2ban.start(scene.network)]);
  await block(scene, BLOCKED);
}, 90_000);

afterAll(() => {
  fail2ban?.remove();
});

function block(where: Scene, { 4: four, 6: six }: Pair): Promise<{ id: string }[]> {
  return Promise.all([where.block(`${four}/32`), where.block(`${six}/128`)]);
}

/** Over IPv4 and over IPv6. */
function reaches(addresses: Pair, { network } = scene): boolean[] {
  return Object.values(addresses).map(
    (address) => network.run('web', 'ping', ['-c', '1', '-W', '0.5', address]).status === 0,
  );
}

const NEITHER = [false, false];
const EITHER = [true, true];

function knocks(): boolean {
  const args = ['-sS', '--http0.9', '--max-time', '1', 'http://198.51.100.1:8080/'];
  return scene.network.run('knocker', 'curl', args).status === 0;
}

function nft(...args: string[]): string {
  const { status, stdout, stderr } = scene.network.run('gateway', 'nft', args);
  expect(status, stderr).toBe(0);
  return stdout;
}

/** All tables but ours, without what they count. */
function theirs(): string {
  const text = nft('list', 'ruleset').replaceAll(/^table \w+ penstock\S* \{[\s\S]*?^\}\n/gm, '');
  return text.replaceAll(/packets \d+ bytes \d+/g, 'counted').replaceAll(/ expires \w+/g, '');
}

function ours(): string {
  return nft('-t', 'list', 'table', 'inet', 'penstock').replaceAll(/packets \d+ bytes \d+/g, 'counted');
}

async function kernel(): Promise<KernelStatus> {
  return (await scene.get<{ kernel: KernelStatus }>('/v1/status')).kernel;
}

function ban(verb: 'banip' | 'unbanip'): void {
  const { status, stderr } = fail2ban.command('set', Fail2ban.JAIL, verb, KNOCKER);
  expect(status, stderr).toBe(0);
}

describe('other firewalls on the gateway', () => {
  it('are left as they are by all that Penstock does', async () => {
    ban('banip');
    await until('the ban', () => !knocks());
    const before = theirs();
    for (const name of ['inet firewalld', 'inet f2b-table', 'ip filter', 'ip nat'])
      expect(before).toContain(`table ${name} {`);
    for (const { id } of await block(scene, FREE))
      await scene.post(`/v1/decisions/${id}/revoke`, { reason: 'a test' });
    await scene.block('192.0.2.0/24');
    const { driftRepairs } = await kernel();
    nft('delete', 'table', 'inet', 'penstock');
    await until('the repair', async () => (await kernel()).driftRepairs > driftRepairs);
    await scene.daemon.stop();
    await scene.daemon.start();
    await scene.expectSound();
    expect(theirs()).toBe(before);
    expect(knocks()).toBe(false);
    expect([reaches(BLOCKED), reaches(FREE)]).toEqual([NEITHER, EITHER]);
  });

  it.each<[string, () => void]>([
    ['firewalld reloads', () => expect(firewalld.command('--reload').stdout).toContain('success')],
    [
      'firewalld gets a rule',
      () =>
        expect(
          firewalld.command('--add-rich-rule=rule family=ipv4 source address=192.0.2.9 drop').stdout,
        ).toContain('success'),
    ],
    [
      'fail2ban unbans and bans',
      async () => {
        ban('unbanip');
        // It answers before it has done it.
        await until('the way in', knocks);
        ban('banip');
      },
    ],
    ['fail2ban reloads', () => expect(fail2ban.command('reload').status).toBe(0)],
    [
      'Docker comes and goes',
      () => {
        // A reload of firewalld flushes Docker's chains, which Docker then makes again.
        const input = DOCKER_AND_LIBVIRT;
        expect(scene.network.run('gateway', 'iptables-nft-restore', [], { input }).status).toBe(0);
        const flags = ['DOCKER', '-d', '172.17.0.2', '-j', 'ACCEPT'];
        for (const verb of ['-I', '-D'])
          expect(scene.network.run('gateway', 'iptables-nft', [verb, ...flags])).toMatchObject({ status: 0 });
      },
    ],
  ])('leave Penstock as it is: %s', async (_, change) => {
    const [before, { driftRepairs }] = [ours(), await kernel()];
    await change();
    expect(ours()).toBe(before);
    expect((await kernel()).driftRepairs).toBe(driftRepairs);
    expect([reaches(BLOCKED), reaches(FREE)]).toEqual([NEITHER, EITHER]);
    await until('the ban', () => !knocks());
  });
});

describe('a program that deletes our table again and again', () => {
  it('is named once, does not win, and its end is told', async () => {
    const before = (await kernel()).driftRepairs;
    for (let i = 0; i < AT_ONCE + 4; i += 1) {
      const { driftRepairs } = await kernel();
      nft('delete', 'table', 'inet', 'penstock');
      await until('the repair', async () => (await kernel()).driftRepairs > driftRepairs);
      expect(reaches(BLOCKED)).toEqual(NEITHER);
    }
    const { driftRepairs, contestedBy } = await kernel();
    expect(driftRepairs).toBe(before + AT_ONCE + 4);
    expect(contestedBy).toEqual(['nft']);
    const entries = await allEntries(scene.daemon);
    const contested = entries.filter(({ type }) => type === 'drift.contested');
    expect(contested.map(({ body }) => body)).toEqual([
      { harms: AT_ONCE + 1, by: [expect.objectContaining({ processName: 'nft' })], maxPauseMs: 2_000 },
    ]);
    const alert = /nft \(process \d+\) changes table inet penstock again and again/;
    await until('the alert', () => alert.test(scene.daemon.output));
    await scene.expectSound();
    expect(scene.daemon.cli('status').stdout).toContain('CONTESTED by nft');
  });
});

describe('tableOwner: true', () => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-owner-'));
  const PENSTOCK_CONFIG = join(folder, 'penstock.yaml');
  let owned: Scene;

  beforeAll(async () => {
    await scene.close();
    writeFileSync(PENSTOCK_CONFIG, 'tableOwner: true\n');
    const policy = denyingPolicy('action: alert');
    owned = await Scene.open('owner', { policy, environment: { PENSTOCK_CONFIG } });
    owned.network.outside('server', [`${BLOCKED[4]}/24`, `${BLOCKED[6]}/64`]);
  }, 60_000);

  afterAll(async () => {
    await owned?.close();
    rmSync(folder, { recursive: true });
  });

  const nft = (...args: string[]) => owned.network.run('gateway', 'nft', args);
  const isReached = () => reaches(BLOCKED, owned);

  it('nobody else changes or flushes the table, blocks still come and go, and it outlives the daemon', async () => {
    const blocks = await block(owned, BLOCKED);
    expect(nft('flush', 'ruleset').status).toBe(0);
    for (const harm of ['delete table inet penstock', 'flush set inet penstock destination4']) {
      const { status, stderr } = nft(...harm.split(' '));
      expect(status).not.toBe(0);
      expect(stderr).toContain('Operation not permitted');
    }
    expect(isReached()).toEqual(NEITHER);
    expect((await owned.get<{ kernel: KernelStatus }>('/v1/status')).kernel.driftRepairs).toBe(0);
    await owned.daemon.stop('SIGKILL');
    expect(isReached()).toEqual(NEITHER);
    await owned.daemon.start();
    expect(isReached()).toEqual(NEITHER);
    expect(nft('delete', 'table', 'inet', 'penstock').status).not.toBe(0);
    for (const { id } of blocks) await owned.post(`/v1/decisions/${id}/revoke`, { reason: 'a test' });
    expect(isReached()).toEqual(EITHER);
    await owned.expectSound();
  });
});
