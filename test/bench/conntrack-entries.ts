/** A conntrack table of any size, and what reads it at the kernel's own speed. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Network } from '../network/network.ts';
import { CProgram } from './c-program.ts';

/** Of what ends with the work that it goes beside. */
const MOST_SECONDS = 600;
/** One for all namespaces, to be seen from the first only. */
const LIMIT = '/proc/sys/net/netfilter/nf_conntrack_max';

const BLOCKED = `
table inet bench {
  set blocked { type ipv4_addr; flags timeout; }
  chain forward { type filter hook forward priority 0; ip daddr @blocked drop; ct state established accept; }
}
`;

/** Room for as many connections, until it is disposed of. Before any namespace is entered. */
export function conntrackRoom(wanted: number): Disposable {
  const before = readFileSync(LIMIT, 'utf8').trim();
  if (Number(before) < wanted) writeFileSync(LIMIT, String(wanted));
  return { [Symbol.dispose]: () => writeFileSync(LIMIT, before) };
}

/**
 * Have the kernel end connections whose time is over, in all namespaces. By itself it does so when it meets them, and
 * looks for them up to a minute later: its collector takes a table that was nearly empty at its last round for one that
 * needs it seldom, and after a flood of short connections nothing wakes it (gc_worker in
 * net/netfilter/nf_conntrack_core.c). A dump ends them on its way, also one of nothing (ctnetlink_dump_table in
 * nf_conntrack_netlink.c).
 */
export function endExpired(): void {
  execFileSync('conntrack', ['--dump', '--src', '192.0.2.1'], { stdio: 'ignore' });
}

/** What {@link ConntrackTool} fills on the gateway, and what is in it is dropped, as our own table has it. */
export function blockedSet(network: Network): void {
  network.run('gateway', 'nft', ['-f', '-'], { input: BLOCKED });
  for (const setting of ['nf_conntrack_events', 'nf_conntrack_timestamp'])
    network.sysctl('gateway', `net.netfilter.${setting}`, '1');
}

/** All of it in the namespace that the thread is in, where some rule must use `ct`. */
export class ConntrackTool implements Disposable {
  readonly #program = new CProgram('conntrack-tool');
  readonly #tool = this.#program.path;

  /** Established TCP connections of 10.1.0.0/16 with 198.18.0.0/15. */
  fill(count: number): void {
    execFileSync(this.#tool, ['fill', '0', String(count)], { stdio: ['ignore', 'ignore', 'inherit'] });
    const found = Number(execFileSync('conntrack', ['--count'], { encoding: 'utf8' }));
    if (found < count) throw new Error(`${found} connections instead of ${count}`);
  }

  /** Seconds that C takes to ask for a dump and read it. */
  readOnly(): number {
    return JSON.parse(execFileSync(this.#tool, ['read'], { encoding: 'utf8' })).seconds;
  }

  /** Seconds of `conntrack -L`, its output thrown away. */
  list(): number {
    const began = performance.now();
    execFileSync('conntrack', ['--dump'], { stdio: 'ignore' });
    return (performance.now() - began) / 1_000;
  }

  /**
   * For so long, put the destination of each new connection into 65,536 addresses into set `blocked` of table `inet
   * bench` on the gateway. @returns milliseconds from each event to the acknowledged element
   */
  async blocks(network: Network, first: number, seconds: number): Promise<number[]> {
    const args = ['block', String(first), String(seconds)];
    const { status, stdout, stderr } = await network.runAsync(
      'gateway',
      this.#tool,
      args,
      (seconds + 60) * 1_000,
    );
    if (status !== 0) throw new Error(stderr);
    const [, ...times] = stdout.trim().split('\n');
    if (times.length === 0) throw new Error('no event has a time stamp: Linux 6.14 gives one');
    return times.map(Number);
  }

  /** The same while `work` goes on, in a namespace where {@link blockedSet} was made. */
  async blocking<T>(network: Network, first: number, work: () => Promise<T>): Promise<T> {
    const child = network.start('gateway', this.#tool, ['block', String(first), String(MOST_SECONDS)]);
    try {
      const [said] = await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit')]);
      if (!String(said).startsWith('ready')) throw new Error('conntrack-tool block: ended early');
      return await work();
    } finally {
      child.kill('SIGKILL');
    }
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
