/** What does not obey, and the eyes that see it blocked: see violation.c. */
import type { Network } from '../network/network.ts';
import { CProgram } from './c-program.ts';

/** Of a round without a block; violation.c gives up then. */
const PATIENCE_MS = 30_000;

/** Of each round the next address, from a first one as a number. */
export type Offence =
  | { readonly packetFrom: string; readonly address: number; readonly port: number }
  | { readonly lineIn: string; readonly address: number };

export interface Rounds {
  readonly rounds: number;
  /** Most of the pause before each, random: who asks every so often has just asked when a block comes. */
  readonly pauseMs: number;
}

export interface SteadyFlow {
  readonly packetsASecond: number;
  readonly seconds: number;
  readonly address: number;
  readonly port: number;
}

export class Violation implements Disposable {
  readonly #program = new CProgram('violation');

  /** @returns milliseconds of each round from the offence to an element that the gateway's kernel announced */
  async untilAnnounced(network: Network, offence: Offence, { rounds, pauseMs }: Rounds): Promise<number[]> {
    const what =
      'lineIn' in offence
        ? ['line', offence.lineIn, offence.address]
        : ['packet', `/run/netns/${network.namespace(offence.packetFrom)}`, offence.address, offence.port];
    const patienceMs = rounds * (pauseMs + PATIENCE_MS);
    const printed = await this.#run(network, 'gateway', ['announced', rounds, pauseMs, ...what], patienceMs);
    return printed
      .trim()
      .split('\n')
      .map((microseconds) => Number(microseconds) / 1_000);
  }

  /** From a host, to its end. */
  async flow(network: Network, host: string, flow: SteadyFlow): Promise<void> {
    const { packetsASecond, seconds, address, port } = flow;
    const args = ['flow', packetsASecond, seconds, address, port];
    await this.#run(network, host, args, seconds * 1_000 + PATIENCE_MS);
  }

  async #run(
    network: Network,
    host: string,
    args: readonly (string | number)[],
    patienceMs: number,
  ): Promise<string> {
    const done = await network.runAsync(host, this.#program.path, args.map(String), patienceMs);
    if (done.status !== 0) throw new Error(`violation ${args[0]}: ${done.stderr}`);
    return done.stdout;
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
