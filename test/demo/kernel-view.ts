/** What the gateway's kernel holds, read past the daemon. */
import { hash } from 'node:crypto';
import { canonicalListing, type ListedObject, Nftables } from 'node-nftables';
import { SETS, TABLE } from '../../src/enforcement/sets.ts';
import type { Stage } from './stage.ts';

/** What rules themselves put in: whom we were told of lately. */
const OF_THE_KERNEL = SETS.filter(({ owner }) => owner === 'kernel').map(({ name }) => String(name));

/** All of the table but what the kernel counts. The thread must be on the gateway. */
export function tableText(): string {
  using nft = Nftables.open();
  const isOurs = (object: ListedObject) => !('set' in object && OF_THE_KERNEL.includes(object.set.name));
  return canonicalListing(nft.listTable(TABLE).filter(isOurs));
}

export function digestOf(text: string): string {
  return hash('sha256', text);
}

/** Seconds as the kernel has them. */
export interface ElementTime {
  readonly timeout: number;
  readonly expires: number;
}

/** Of an address in the set of blocked destinations, as `nft` lists it; undefined when it is not there. */
export function destinationBlock({ daemon }: Stage, address: string): ElementTime | undefined {
  const elements = daemon.nftSet('destination4') as { elem: ElementTime & { val: string } }[];
  return elements.find(({ elem }) => elem.val === address)?.elem;
}

/** Whether conntrack knows a connection of this host with this destination. */
export async function isTracked({ network }: Stage, host: string, destination: string): Promise<boolean> {
  const { stdout } = await network.runAsync('gateway', 'conntrack', [
    '-L',
    '-p',
    'tcp',
    '-s',
    host,
    '-d',
    destination,
  ]);
  return stdout.trim() !== '';
}
