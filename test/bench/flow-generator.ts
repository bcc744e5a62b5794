/** New flows at a rate, or flat out: see flow-generator.c. In C, for what makes the load should not be most of it. */
import type { Network } from '../network/network.ts';
import { CProgram } from './c-program.ts';

/** Of starting, and of catching up on a busy machine. */
const PATIENCE_MS = 60_000;

export interface NewFlows {
  /** A second; 0: as many as this machine can send. */
  readonly rate: number;
  readonly seconds: number;
  /** The first of the addresses that take turns, as a number, and how many there are. */
  readonly base: number;
  readonly count: number;
}

export interface Generated {
  readonly sent: number;
  readonly seconds: number;
}

/** From a host, to its end. */
export async function sendNewFlows(network: Network, host: string, flows: NewFlows): Promise<Generated> {
  using program = new CProgram('flow-generator');
  const { rate, seconds, base, count } = flows;
  const args = [rate, seconds, base, count].map(String);
  const done = await network.runAsync(host, program.path, args, seconds * 1_000 + PATIENCE_MS);
  if (done.status !== 0) throw new Error(`flow-generator: ${done.stderr}`);
  return JSON.parse(done.stdout);
}
