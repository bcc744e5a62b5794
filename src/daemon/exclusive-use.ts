/**
 * One daemon a state directory and one a network namespace: two would fight over the ledger or over the table.
 * Both locks are the kernel's, so they end with the process however it dies.
 *
 *   state directory     flock(2) on DIR/lock
 *   network namespace   a listening socket in the abstract name space, which is the network namespace's own (unix(7))
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import koffi from 'koffi';
import { DaemonError } from './errors.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;
const flock = koffi.load('libc.so.6').func('int flock(int fd, int operation)');

export class ExclusiveUse {
  readonly #fd: number;
  readonly #server: Server;

  private constructor(fd: number, server: Server) {
    this.#fd = fd;
    this.#server = server;
  }

  /**
   * Make the state directory (mode 0700) if it is missing, and lock it and the namespace.
   * @throws DaemonError PENSTOCK_STATE_BUSY, PENSTOCK_STATE_UNUSABLE or PENSTOCK_NAMESPACE_BUSY
   */
  static async claim(stateDir: string): Promise<ExclusiveUse> {
    const fd = lockState(stateDir);
    try {
      return new ExclusiveUse(fd, await lockNamespace());
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  release(): void {
    this.#server.close();
    closeSync(this.#fd);
  }
}

function lockState(stateDir: string): number {
  const path = join(stateDir, 'lock');
  let fd: number;
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    fd = openSync(path, 'a+', 0o600);
  } catch (cause) {
    throw new DaemonError(
      'PENSTOCK_STATE_UNUSABLE',
      `cannot use state directory ${stateDir}: ${(cause as Error).message}`,
      1,
      { cause },
    );
  }
  if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    const holder = readFileSync(path, 'utf8').trim();
    closeSync(fd);
    throw new DaemonError(
      'PENSTOCK_STATE_BUSY',
      `another daemon (process ${holder || 'unknown'}) uses ${stateDir}: stop it first, or name another --state-dir`,
      1,
    );
  }
  ftruncateSync(fd, 0);
  writeSync(fd, `${process.pid}\n`);
  return fd;
}

function lockNamespace(): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      failed(
        new DaemonError(
          'PENSTOCK_NAMESPACE_BUSY',
          busy
            ? "another daemon keeps table 'inet penstock' in this network namespace: stop it first"
            : `cannot claim this network namespace: ${cause.message}`,
          1,
          { cause },
        ),
      );
    });
    server.listen('\0penstock', () => done(server));
  });
}
