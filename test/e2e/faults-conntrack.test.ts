/** Events that are lost, late or forged. */
import { randomBytes } from 'node:crypto';
import { NETLINK_NETFILTER, NetlinkSocket } from 'node-netlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineStatus } from '../../src/engine/commands.ts';
import { denyingPolicy, Scene } from '../faults/scene.ts';
import { allDecisions, allEntries } from '../faults/soundness.ts';
import { Forger, netlinkPorts } from '../faults/unicast.ts';
import { until } from '../network/waiting.ts';

const FLOOD = new URL('../faults/flood.ts', import.meta.url).pathname;
const BLOCK = 'action: block, target: flow, ttl: 1h';
/** NFNLGRP_CONNTRACK_NEW of <linux/netfilter/nfnetlink.h>. */
const NEW_CONNECTIONS = 1;

let scene: Scene;

afterEach(() => scene?.close());

async function conntrack(): Promise<EngineStatus['conntrack']> {
  return (await scene.get<EngineStatus>('/v1/status')).conntrack;
}

/** Stop the whole process for as long as `work` takes. */
async function whileStopped(work: () => Promise<void>): Promise<void> {
  process.kill(scene.daemon.pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(scene.daemon.pid, 'SIGCONT');
  }
}

describe('a daemon that cannot run for a while', () => {
  it('counts and records that events were lost, and finds a violation whose event was among them', async () => {
    const policy = denyingPolicy(`${BLOCK}, approval: none`).replace(
      '  response:',
      `  addressSets: {flood: {cidrs: [203.0.113.0/24]}}
  services: {any: [{protocol: any}]}
  rules: [{id: flood, from: [inside], to: {sets: [flood]}, services: [any]}]
  response:`,
    );
    scene = await Scene.open('lost', { policy });
    await whileStopped(async () => {
      // Twice as many events, with the ends: more than the queue has room for (src/conntrack/limit.ts).
      const flood = ['150000', '203.0.113.20', '203.0.113.21', '203.0.113.22'];
      expect(await scene.network.runAsync('web', process.execPath, [FLOOD, ...flood], 60_000)).toMatchObject({
        status: 0,
      });
      scene.network.run('gateway', 'conntrack', ['-F']);
      scene.send('198.51.100.99', 4444);
    });
    await scene.decided(4444, 'active');
    expect(await conntrack()).toMatchObject({
      lost: expect.toSatisfy((lost: number) => lost > 0),
      undecodable: 0,
    });
    await until('the record of the loss', async () =>
      (await allEntries(scene.daemon)).some(({ type }) => type === 'conntrack.lost'),
    );
    await scene.expectSound();
  });

  it('longer than a block is held: the kernel lifts it in time, and it has lapsed', async () => {
    scene = await Scene.open('hold', {
      policy: denyingPolicy(`${BLOCK}, approval: provisional, holdFor: 1s`),
    });
    scene.send('203.0.113.9', 1000);
    await scene.decided(1000, 'provisional');
    await whileStopped(async () => {
      expect(scene.daemon.nftSet('flow4')).toHaveLength(1);
      await until('the kernel to lift it', () => scene.daemon.nftSet('flow4').length === 0);
    });
    const decision = await scene.decided(1000, 'lapsed');
    expect(decision.enforcement).toEqual({ status: 'none' });
    await scene.expectSound();
  });
});

describe('netlink datagrams of another process', () => {
  it('are no events and no answers, whatever they say', async () => {
    scene = await Scene.open('forged', { policy: denyingPolicy(`${BLOCK}, approval: none`) });
    using listener = NetlinkSocket.open({ protocol: NETLINK_NETFILTER });
    listener.join(NEW_CONNECTIONS);
    scene.send('203.0.113.9', 1000);
    await scene.decided(1000, 'active');
    // The kernel's own event, and then that of a flow that never was: 203.0.113.9 becomes 203.0.113.77.
    const length = listener.receive();
    const genuine = Buffer.from(listener.bytes.subarray(0, Number(length)));
    const forged = Buffer.from(genuine);
    for (let at = forged.indexOf('cb007109', 0, 'hex'); at >= 0; at = forged.indexOf('cb007109', 0, 'hex'))
      forged[at + 3] = 77;
    expect(forged.equals(genuine)).toBe(false);

    const before = await conntrack();
    const ports = netlinkPorts(scene.daemon.pid);
    expect(ports.length).toBeGreaterThan(3);
    using forger = new Forger();
    const frames = [forged, forged.subarray(0, 17), Buffer.alloc(64), randomBytes(500)];
    let delivered = 0;
    for (let i = 0; i < 10; i += 1)
      for (const port of ports) for (const frame of frames) delivered += Number(forger.send(port, frame));
    expect(delivered).toBe(10 * ports.length * frames.length);

    // Genuine events and commands are taken behind them.
    scene.send('203.0.113.9', 1001);
    await scene.decided(1001, 'active');
    await scene.block('198.51.100.66/32');
    expect(await conntrack()).toMatchObject({ undecodable: before.undecodable, lost: before.lost });
    const targets = (await allDecisions(scene.daemon)).map(({ target }) => JSON.stringify(target));
    expect(targets.filter((target) => target.includes('203.0.113.77'))).toEqual([]);
    expect((await allEntries(scene.daemon)).filter(({ type }) => type.startsWith('drift.'))).toEqual([]);
    await scene.expectSound();
  });

  it('in a flood that fills every queue end nothing', async () => {
    scene = await Scene.open('filled', { policy: denyingPolicy(`${BLOCK}, approval: none`) });
    using forger = new Forger();
    const frame = randomBytes(500);
    for (const port of netlinkPorts(scene.daemon.pid))
      for (let i = 0; i < 2_000; i += 1) forger.send(port, frame);
    scene.send('203.0.113.9', 1000);
    await scene.decided(1000, 'active');
    await until('the table to be as decided', async () => {
      const { kernel } = await scene.get<EngineStatus>('/v1/status');
      return kernel.table === 'in-place' && scene.daemon.nftSet('flow4').length === 1;
    });
    await scene.expectSound();
  });
});
