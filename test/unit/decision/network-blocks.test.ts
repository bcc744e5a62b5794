import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ipv4, ipv6, type Prefix } from '../../../src/address/address.ts';
import { formatPrefix, maskAddress, prefixContains } from '../../../src/address/prefix.ts';
import { NetworkBlocks } from '../../../src/decision/network-blocks.ts';
import { decisionOf, destinationTarget } from './fixtures.ts';

const word = fc.constantFrom(0, 1, 0x80000000, 0xc0000201, 0xffffffff);
const address = fc.oneof(
  word.map(ipv4),
  fc.tuple(word, word, word, word).map((words) => ipv6(...words)),
);
const prefix = fc.tuple(address, fc.nat(127)).map(([of, bits]): Prefix => {
  const length = of.family === 4 ? bits % 32 : bits;
  return { address: maskAddress(of, length), length };
});

const decisionFor = (network: Prefix, i: number) =>
  decisionOf(destinationTarget(formatPrefix(network)), `D${i}`);

it('finds one of the networks that hold an address or another network, and none when none does', () => {
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 12 }),
      fc.nat(12),
      address,
      prefix,
      (networks, gone, of, inner) => {
        const blocks = new NetworkBlocks();
        for (const [i, network] of networks.entries()) blocks.put(decisionFor(network, i), network);
        for (const [i, network] of networks.slice(0, gone).entries()) blocks.drop(`D${i}`, network);
        const idsOf = (holds: (network: Prefix) => boolean) =>
          networks.flatMap((network, i) => (i >= gone && holds(network) ? [`D${i}`] : []));
        const holding = idsOf((network) => prefixContains(network, of));
        const covering = idsOf(
          (network) => network.length <= inner.length && prefixContains(network, inner.address),
        );
        for (const [found, all] of [
          [blocks.find(of), holding],
          [blocks.covering(inner), covering],
        ] as const) {
          if (all.length === 0) expect(found).toBeUndefined();
          else expect(all).toContain(found?.id);
        }
      },
    ),
    { numRuns: 300 },
  );
});
