/**
 * Two real programs that talk for as long as they are let: each end says something every TICK_MS, and what reaches the
 * other end is counted. TCP and UDP by socat; ICMP by ping, where the answers are what the other end says.
 */
import type { ChildProcess } from 'node:child_process';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import type { Family } from './site.ts';

export type Transport = 'tcp' | 'udp' | 'icmp';

const TICK_MS = 20;
/** Silence that counts as an end: fifty ticks. */
const SILENCE_MS = 1_000;

export interface Route {
  from: string;
  to: string;
  /** An address of `to`. */
  address: string;
  family: Family;
  transport: Transport;
  port?: number;
  /** Where the server listens when that is not where the client is sent: behind NAT. */
  listen?: string;
  listenPort?: number;
}

export class Talk implements Disposable {
  readonly #ends: End[];
  readonly #ticker: NodeJS.Timeout;
  readonly #name: string;

  private constructor(name: string, programs: ChildProcess[]) {
    this.#name = name;
    this.#ends = programs.map((program) => new End(program));
    this.#ticker = setInterval(() => {
      for (const end of this.#ends) end.say('tick\n');
    }, TICK_MS);
  }

  /** Resolves when both ends hear each other. */
  static async begin(network: Network, route: Route): Promise<Talk> {
    const talk = await Talk.attempt(network, route);
    await talk.flows();
    return talk;
  }

  /** With a program that gives back what it is told, or that only hears. */
  static with(name: string, program: ChildProcess): Talk {
    return new Talk(name, [program]);
  }

  /** As {@link begin}, but does not wait for the ends to hear each other. */
  static async attempt(network: Network, route: Route): Promise<Talk> {
    const name = `${route.transport} to ${route.address}`;
    if (route.transport === 'icmp') return new Talk(name, [ping(network, route)]);
    const server = socat(network, route.to, listenAt(route));
    await until(`${name}: a listening server`, () => listens(network, route));
    return new Talk(name, [server, socat(network, route.from, connectTo(route))]);
  }

  /** Each end hears something that was said from now on. */
  async flows(timeoutMs = 10_000): Promise<void> {
    const goals = this.#ends.map((end) => [end, end.heard + 3 * 'tick\n'.length] as const);
    const heard = () => goals.every(([end, goal]) => end.heard >= goal);
    await until(`${this.#name}: both ends to hear each other`, heard, { timeoutMs });
  }

  /** Neither end hears anything any more. @returns when the last was heard, ms since the epoch; 0 for never */
  async falls(): Promise<number> {
    const beganAtMs = Date.now();
    const lastAtMs = () => Math.max(...this.#ends.map((end) => end.lastAtMs));
    const silent = () => Date.now() - (lastAtMs() || beganAtMs) > SILENCE_MS;
    await until(`${this.#name}: silence`, silent, { timeoutMs: 15_000 });
    return lastAtMs();
  }

  /** Ends the talk. All that one end ever said was heard by the other, or came back: no packet was dropped. */
  async endsWhole(): Promise<void> {
    clearInterval(this.#ticker);
    const [one, other = one] = this.#ends;
    const whole = () => one.heard === other.said && other.heard === one.said;
    await until(`${this.#name}: all that was said to be heard`, whole);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    for (const end of this.#ends) end.program.kill('SIGKILL');
  }
}

class End {
  readonly program: ChildProcess;
  /** Bytes. */
  said = 0;
  heard = 0;
  lastAtMs = 0;

  constructor(program: ChildProcess) {
    this.program = program;
    program.stdout?.on('data', (chunk: Buffer) => {
      this.heard += chunk.length;
      this.lastAtMs = Date.now();
    });
    // The other end may be gone.
    program.stdin?.on('error', () => {});
  }

  say(text: string): void {
    if (!this.program.stdin?.writable) return;
    this.program.stdin.write(text);
    this.said += text.length;
  }
}

function socat(network: Network, host: string, address: string): ChildProcess {
  return network.start(host, 'socat', ['STDIO', address], { stdio: ['pipe', 'pipe', 'pipe'] });
}

function ping(network: Network, { from, address }: Route): ChildProcess {
  return network.start(from, 'ping', ['-n', '-i', '0.02', '-s', '8', address]);
}

function listenAt(route: Route): string {
  const { transport, family } = route;
  const { address, port } = serverEnd(route);
  const bind = family === 4 ? address : `[${address}]`;
  return `${transport.toUpperCase()}${family}-LISTEN:${port},bind=${bind},reuseaddr`;
}

function serverEnd({ address, port = 7000, listen = address, listenPort = port }: Route) {
  return { address: listen, port: listenPort };
}

function connectTo({ transport, family, address, port = 7000 }: Route): string {
  const name = `${transport.toUpperCase()}${family}`;
  return family === 4 ? `${name}:${address}:${port}` : `${name}:[${address}]:${port}`;
}

function listens(network: Network, route: Route): boolean {
  const { to, transport, family } = route;
  const { address, port } = serverEnd(route);
  const local = family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
  return network.run(to, 'ss', ['-Hln', transport === 'tcp' ? '-t' : '-u']).stdout.includes(local);
}
