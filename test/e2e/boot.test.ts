/**
 * A reboot: nothing is left in the kernel, the daemon is not there yet, and the file that it has left is loaded by
 * the script that systemd runs, without Node. Then the daemon takes over, under traffic.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../faults/scene.ts';
import { until } from '../network/waiting.ts';

const SCRIPT = new URL('../../systemd/penstock-boot', import.meta.url).pathname;
const BLOCKED = '198.51.100.66';
const FREE = '198.51.100.67';
const FREE6 = '2001:db8:66::67';
const SPARED = '198.51.100.68';
const PATIENCE = { timeoutMs: 30_000 };

function policy(mode: string): string {
  return `
apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: booting}
spec:
  mode: ${mode}
  hostGroups: {inside: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  rules:
    - {id: free, from: [inside], to: {cidrs: [${FREE}/32, "${FREE6}/128"]}, icmp: [{family: ipv4, types: [echo-request]}, {family: ipv6, types: [echo-request]}]}
  neverBlock: {destinations: [${SPARED}/32]}
  response: {default: {action: alert}}
`;
}

const folder = mkdtempSync(join(tmpdir(), 'penstock-boot-'));
let scene: Scene;

afterAll(() => rmSync(folder, { recursive: true }));

async function open(label: string, mode: string, boot: 'open' | 'closed'): Promise<void> {
  const PENSTOCK_CONFIG = join(folder, `${boot}.yaml`);
  writeFileSync(PENSTOCK_CONFIG, `boot: ${boot}\n`);
  scene = await Scene.open(label, { policy: policy(mode), environment: { PENSTOCK_CONFIG } });
  for (const [name, address, six] of [
    ['blocked', BLOCKED, '66'],
    ['free', FREE, '67'],
    ['spared', SPARED, '68'],
  ])
    scene.network.outside(name, [`${address}/24`, `2001:db8:66::${six}/64`]);
  await scene.block(`${BLOCKED}/32`);
}

function reaches(address: string): boolean {
  return scene.network.run('web', 'ping', ['-c', '1', '-W', '1', address]).status === 0;
}

const file = () => join(scene.daemon.stateDir, 'boot.nft');

/** All that a reboot does to the kernel: no rule, no connection. */
function reboot(): void {
  expect(scene.network.run('gateway', 'nft', ['flush', 'ruleset']).status).toBe(0);
  scene.network.run('gateway', 'conntrack', ['-F']);
  const { status, stderr } = scene.network.run('gateway', SCRIPT, [scene.daemon.stateDir]);
  expect(status, stderr).toBe(0);
}

/** Replies that a host got to pings sent 50 a second while something happened. */
async function repliesWhile(address: string, happening: () => Promise<unknown>): Promise<[number, number]> {
  const ping = scene.network.start('web', 'ping', ['-i', '0.02', '-W', '1', address]);
  let output = '';
  ping.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  await happening();
  const closed = new Promise((done) => ping.once('close', done));
  process.kill(ping.pid as number, 'SIGINT');
  await closed;
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
  return [Number(sent), Number(received)];
}

describe('a boot, in mode respond, open', () => {
  beforeAll(() => open('boot-open', 'respond', 'open'), 60_000);
  afterAll(() => scene.close());

  it('has the blocks before the daemon is there, which then takes over without a gap', async () => {
    await until('the block in the file', () => readFileSync(file(), 'utf8').includes(BLOCKED), PATIENCE);
    await scene.daemon.stop();
    reboot();
    expect([reaches(BLOCKED), reaches(FREE), reaches(SPARED)]).toEqual([false, true, true]);
    const started = scene.daemon.start();
    const [blocked, free] = await Promise.all([
      repliesWhile(BLOCKED, () => started),
      repliesWhile(FREE, () => started),
    ]);
    expect(blocked[0]).toBeGreaterThan(20);
    expect(blocked[1]).toBe(0);
    expect(free[0] - free[1]).toBeLessThanOrEqual(1);
    await scene.expectSound();
  });

  it('never has a policy that waits to be confirmed', async () => {
    const before = readFileSync(file(), 'utf8');
    const lacking = policy('respond').replace(`neverBlock: {destinations: [${SPARED}/32]}`, '');
    const headers = { 'content-type': 'application/yaml' };
    const applied = await scene.daemon.call('PUT', '/v1/policy?confirmWithin=60s', lacking, headers);
    expect(applied.status, JSON.stringify(applied.body)).toBe(200);
    await scene.block('192.0.2.77/32');
    await until('the block in the file', () => readFileSync(file(), 'utf8').includes('192.0.2.77'), PATIENCE);
    const after = readFileSync(file(), 'utf8');
    const policyPart = (text: string) => /add element inet penstock sparedto4 \{[^}]*\}/.exec(text)?.[0];
    expect(policyPart(before)).toContain(SPARED);
    expect(policyPart(after)).toBe(policyPart(before));
  });
});

describe.each([
  ['closed', 'respond', [false, false, true]],
  ['open', 'enforce', [false, true, true]],
] as const)('a boot, %s, in mode %s', (boot, mode, expected) => {
  beforeAll(() => open(`boot-${mode}`, mode, boot), 60_000);
  afterAll(() => scene.close());

  it('lets through what it should until the daemon is there', async () => {
    await until(
      'the file',
      () => existsSync(file()) && readFileSync(file(), 'utf8').includes(BLOCKED),
      PATIENCE,
    );
    await scene.daemon.stop();
    reboot();
    expect([reaches(BLOCKED), reaches(FREE), reaches(SPARED)]).toEqual(expected);
    expect(reaches(FREE6)).toBe(expected[1]);
    expect(reaches('2001:db8:66::66')).toBe(false);
    await scene.daemon.start();
    expect([reaches(BLOCKED), reaches(FREE), reaches(SPARED)]).toEqual([false, true, true]);
  });
});
