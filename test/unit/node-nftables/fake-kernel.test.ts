import { FakeKernel } from 'node-nftables/testing';
import { describe } from 'vitest';
import { contract } from './contract/contract.ts';

describe('the fake keeps the contract', () => {
  contract(() => {
    let nowMs = 1_000;
    const kernel = new FakeKernel(() => nowMs);
    return {
      nft: kernel.nftables(),
      elements: kernel.setElements(),
      monitor: kernel.monitor(),
      pass: async (ms) => {
        nowMs += ms;
      },
      [Symbol.dispose]: () => undefined,
    };
  });
});
