/** iperf3 with a server of its own each: whether it flows or falls silent, and what of UDP was lost. */
import type { ChildProcess } from 'node:child_process';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import type { Route } from './talk.ts';

/** Slow enough that a busy machine drops nothing by itself: some seconds of it fit into a socket's queue. */
const RATE = ['-b', '400K', '-l', '500'];
/** Silence that counts as an end: ten lines of a server, which tells of every tenth of a second. */
const SILENCE_MS = 1_000;

export interface IperfRoute extends Route {
  transport: 'tcp' | 'udp';
  port: number;
  /** Default: for as long as a test goes on. */
  seconds?: number;
}

export class Iperf implements Disposable {
  readonly #name: string;
  readonly #programs: ChildProcess[];
  #told = '';
  #lost = 0;
  #lines = 0;
  #lastAtMs = 0;

  private constructor(network: Network, route: IperfRoute, server: ChildProcess) {
    const { from, address, transport, port, seconds = 600 } = route;
    this.#name = `iperf3 ${transport} to ${address}`;
    const kind = transport === 'udp' ? ['-u'] : [];
    const args = ['-c', address, '-p', String(port), '-t', String(seconds), ...RATE, ...kind];
    this.#programs = [network.start(from, 'iperf3', args, { stdio: 'ignore' }), server];
    server.stdout?.on('data', (chunk: Buffer) => this.#hear(String(chunk)));
  }

  /** Resolves when the server is told something. */
  static async begin(network: Network, route: IperfRoute): Promise<Iperf> {
    const iperf = await Iperf.attempt(network, route);
    await iperf.flows();
    return iperf;
  }

  static async attempt(network: Network, route: IperfRoute): Promise<Iperf> {
    const port = String(route.port);
    // Bound: over UDP it would answer from another of the host's addresses.
    const bound = ['-B', route.address, '-p', port];
    const server = network.start(route.to, 'iperf3', ['-s', '-1', ...bound, '-i', '0.1', '--forceflush']);
    await until(`iperf3 on port ${port}`, async () => {
      const { stdout } = await network.runAsync(route.to, 'ss', ['-Hltn', `sport = :${port}`]);
      return stdout !== '';
    });
    return new Iperf(network, route, server);
  }

  #hear(chunk: string): void {
    const lines = (this.#told + chunk).split('\n');
    this.#told = lines.pop() ?? '';
    for (const line of lines) {
      const [, bytes = 0, lost = 0] = /sec +([0-9.]+) [KMG]?Bytes.*?(?: ms +(\d+)\/\d+|$)/.exec(line) ?? [];
      this.#lost += Number(lost);
      if (Number(bytes) === 0) continue;
      this.#lines += 1;
      this.#lastAtMs = Date.now();
    }
  }

  /** Packets of UDP that should have come before the last that did. */
  get lost(): number {
    return this.#lost;
  }

  async flows(): Promise<void> {
    const goal = this.#lines + 3;
    await until(`${this.#name}: flow`, () => this.#lines >= goal);
  }

  /** Nothing comes any more. @returns when the last came, ms since the epoch; 0 for never */
  async falls(): Promise<number> {
    const beganAtMs = Date.now();
    const silent = () => Date.now() - (this.#lastAtMs || beganAtMs) > SILENCE_MS;
    await until(`${this.#name}: silence`, silent, { timeoutMs: 15_000 });
    return this.#lastAtMs;
  }

  [Symbol.dispose](): void {
    for (const program of this.#programs) program.kill('SIGKILL');
  }
}
