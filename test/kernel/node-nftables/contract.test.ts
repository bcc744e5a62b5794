import { setTimeout } from 'node:timers/promises';
import { Nftables, RulesetMonitor, SetElements } from 'node-nftables';
import { describe } from 'vitest';
import { ThreadNamespace } from '../../namespaces/thread.ts';
import { contract } from '../../unit/node-nftables/contract/contract.ts';

describe('the kernel keeps the contract', () => {
  contract(() => {
    const stack = new DisposableStack();
    stack.use(new ThreadNamespace());
    return {
      nft: stack.use(Nftables.open()),
      elements: stack.use(SetElements.open()),
      monitor: stack.use(RulesetMonitor.open()),
      pass: (ms) => setTimeout(ms),
      [Symbol.dispose]: () => stack.dispose(),
    };
  });
});
