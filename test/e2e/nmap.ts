/** The port scanner, as somebody in a hurry uses it. */
import type { Network } from '../network/network.ts';

/** All at once, once, and without asking first whether anybody is there. */
const HURRY = ['-sS', '-Pn', '-n', '-T4', '--max-retries', '0'];

export async function nmap(network: Network, from: string, ...args: string[]): Promise<void> {
  const { status, stderr } = await network.runAsync(from, 'nmap', [...HURRY, ...args], 40_000);
  if (status !== 0) throw new Error(`nmap ended with ${status}: ${stderr}`);
}
