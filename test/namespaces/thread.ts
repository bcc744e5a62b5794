/**
 * A network namespace that this thread enters: setns(2) moves the calling thread only. Sockets that the thread opens
 * afterwards, processes it starts and /proc/sys/net as it reads them belong to the namespace.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

const CLONE_NEWNET = 0x40000000;
const libc = koffi.load('libc.so.6');
const setns: (fd: number, kind: number) => number = libc.func('int setns(int fd, int kind)');

let created = 0;

export class ThreadNamespace implements Disposable {
  readonly name: string;
  readonly #home = openSync('/proc/thread-self/ns/net', 'r');

  /** Make a namespace with the loopback device up, and enter it. */
  constructor() {
    created += 1;
    this.name = `ps-${process.pid}-${created}`;
    execFileSync('ip', ['netns', 'add', this.name]);
    const own = openSync(`/run/netns/${this.name}`, 'r');
    enter(own);
    closeSync(own);
    this.run('ip', 'link', 'set', 'lo', 'up');
  }

  /** Run a command inside to its end and return what it prints. */
  run(command: string, ...args: string[]): string {
    return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', timeout: 20_000 });
  }

  /** Load an nftables ruleset. */
  nft(ruleset: string): void {
    execFileSync('nft', ['-f', '-'], { input: ruleset, stdio: 'pipe' });
  }

  /** Go back and remove the namespace. Processes started inside must have ended. */
  [Symbol.dispose](): void {
    enter(this.#home);
    closeSync(this.#home);
    execFileSync('ip', ['netns', 'del', this.name]);
  }
}

/** Enter a namespace that somebody else made; disposing goes back. */
export function enterNamespace(name: string): Disposable {
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const other = openSync(`/run/netns/${name}`, 'r');
  enter(other);
  closeSync(other);
  return {
    [Symbol.dispose]() {
      enter(home);
      closeSync(home);
    },
  };
}

function enter(fd: number): void {
  if (setns(fd, CLONE_NEWNET) !== 0) throw new Error(`setns: errno ${koffi.errno()}`);
}
