import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceNotifier } from '../../../src/daemon/service-notifier.ts';
import { NotifySocket } from './notify-socket.ts';

describe('ServiceNotifier', () => {
  let folder: string;
  let socket: NotifySocket;
  let notifier: ServiceNotifier;
  const outside = process.env.NOTIFY_SOCKET;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'penstock-notify-'));
    const path = join(folder, 'notify');
    socket = new NotifySocket(path);
    // libsystemd looks into the process's own environment.
    process.env.NOTIFY_SOCKET = path;
    notifier = new ServiceNotifier({ NOTIFY_SOCKET: path });
  });

  afterEach(() => {
    if (outside === undefined) delete process.env.NOTIFY_SOCKET;
    else process.env.NOTIFY_SOCKET = outside;
    socket[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  it('says each thing in one datagram', () => {
    notifier.ready('protecting');
    notifier.alive();
    notifier.stopping();
    expect(socket.take()).toEqual(['READY=1\nSTATUS=protecting', 'WATCHDOG=1', 'STOPPING=1']);
  });

  it('says when a reload begins, on the clock that systemd compares with', () => {
    const before = process.hrtime.bigint() / 1_000n;
    notifier.reloading();
    const [, time] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(socket.take()[0]) ?? [];
    expect(BigInt(time)).toBeGreaterThanOrEqual(before);
    expect(BigInt(time)).toBeLessThanOrEqual(process.hrtime.bigint() / 1_000n);
  });

  it('does not let a status with line ends say more', () => {
    notifier.ready('fine\nSTOPPING=1');
    expect(socket.take()).toEqual(['READY=1\nSTATUS=fine STOPPING=1']);
  });

  it('does nothing when nobody listens any more', () => {
    rmSync(join(folder, 'notify'));
    notifier.alive();
    expect(socket.take()).toEqual([]);
  });

  it('does nothing outside systemd', () => {
    const alone = new ServiceNotifier({ WATCHDOG_USEC: '30000000' });
    alone.ready('protecting');
    expect(socket.take()).toEqual([]);
    expect(alone.watchdogIntervalMs).toBeUndefined();
  });

  it.each<[NodeJS.ProcessEnv, number | undefined]>([
    [{ WATCHDOG_USEC: '30000000' }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) }, 15_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }, undefined],
    [{ WATCHDOG_USEC: 'often' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{}, undefined],
  ])('with %o wants a sign of life every %s ms', (environment, expected) => {
    const { watchdogIntervalMs } = new ServiceNotifier({ NOTIFY_SOCKET: '/x', ...environment });
    expect(watchdogIntervalMs).toBe(expected);
  });
});
