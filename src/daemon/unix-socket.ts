/** A Unix socket that only root and one group may connect to. */
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { SocketSettings } from './api-settings.ts';
import { DaemonError } from './errors.ts';

const MODE = 0o660;

/** What a daemon that was killed has left is taken away. @throws DaemonError PENSTOCK_LISTEN_FAILED */
export async function listenOnSocket(server: Server, { path, group }: SocketSettings): Promise<void> {
  const gid = group === undefined ? undefined : groupId(group);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    await clear(path);
    // Nobody gets in between bind(2) and chmod(2).
    const umask = process.umask(0o177);
    try {
      await listening(server, path);
    } finally {
      process.umask(umask);
    }
    if (gid !== undefined) chownSync(path, -1, gid);
    chmodSync(path, MODE);
  } catch (cause) {
    if (cause instanceof DaemonError) throw cause;
    throw failure(path, (cause as Error).message, cause);
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen({ path }, () => {
      server.off('error', failed);
      done();
    });
  });
}

async function clear(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw failure(path, 'there is something else at this path');
  if (await answers(path)) throw failure(path, 'another process listens there');
  rmSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

/** group(5), or the number itself. @throws DaemonError PENSTOCK_CONFIG_INVALID */
function groupId(group: string): number {
  if (/^[0-9]{1,9}$/.test(group)) return Number(group);
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${group}:`));
  const gid = line?.split(':')[2];
  if (gid !== undefined) return Number(gid);
  throw new DaemonError('PENSTOCK_CONFIG_INVALID', `socket.group: there is no group '${group}'`, 2);
}

function failure(path: string, why: string, cause?: unknown): DaemonError {
  return new DaemonError('PENSTOCK_LISTEN_FAILED', `cannot listen on unix:${path}: ${why}`, 1, { cause });
}
