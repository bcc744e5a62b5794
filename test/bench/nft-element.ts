import { randomInt } from 'node:crypto';
import type { Network } from '../network/network.ts';
import { median } from './figure.ts';

const ROUNDS = 30;

/** Milliseconds that one `nft add element` takes on the gateway, into a set of our own; median. */
export function nftAddElement(network: Network): number {
  const nft = (...args: string[]) => network.run('gateway', 'nft', args);
  nft('add', 'table', 'inet', 'bench');
  nft('add', 'set', 'inet', 'bench', 'blocked', '{ type ipv4_addr; flags timeout; }');
  const rounds = Array.from({ length: ROUNDS }, (_, i) => {
    const began = performance.now();
    nft('add', 'element', 'inet', 'bench', 'blocked', `{ 198.18.${i}.${randomInt(256)} timeout 1h }`);
    return performance.now() - began;
  });
  return median(rounds);
}
