import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConntrackEntry } from '../../../src/conntrack/entry.ts';
import { ConntrackWalk } from '../../../src/conntrack/walk.ts';
import type { ThreadNamespace } from '../../namespaces/thread.ts';
import { trackedNamespace, udp } from './traffic.ts';

let namespace: ThreadNamespace;
beforeEach(() => {
  namespace = trackedNamespace();
});
afterEach(() => namespace[Symbol.dispose]());

const PORTS = Array.from({ length: 600 }, (_, i) => 20_000 + i);

describe('a walk through the table', () => {
  it('gives every entry, in pieces between which other work is done', async () => {
    await udp('192.0.2.1', 5_000, '192.0.2.2', PORTS);
    using walk = ConntrackWalk.open();
    walk.start();
    const ports = new Set<number>();
    const take = ({ original }: ConntrackEntry) => ports.add(original.destinationPort);
    let pieces = 1;
    while (walk.step(take, 1) === 'more') pieces += 1;
    expect(pieces).toBeGreaterThan(2);
    expect(PORTS.every((port) => ports.has(port))).toBe(true);
    expect(walk.running).toBe(false);
  });

  it('takes few at a time, unless it is waited for', async () => {
    await udp('192.0.2.1', 5_000, '192.0.2.2', PORTS);
    using walk = ConntrackWalk.open();
    const most = (urgent: boolean) => {
      let longest = 0;
      let taken = 0;
      walk.start({ urgent });
      for (let state = 'more'; state === 'more'; taken = 0) {
        state = walk.step(() => taken++, 1);
        longest = Math.max(longest, taken);
      }
      return longest;
    };
    expect(most(true)).toBeGreaterThan(60);
    expect(most(false)).toBeLessThan(60);
  });

  it('can be given up for another', async () => {
    await udp('192.0.2.1', 5_000, '192.0.2.2', PORTS);
    using walk = ConntrackWalk.open();
    walk.start();
    const broken = () => {
      throw new Error('the owner broke');
    };
    expect(() => walk.step(broken, 1)).toThrow('the owner broke');
    walk.start();
    let entries = 0;
    while (walk.step(() => entries++, 4) === 'more');
    expect(entries).toBeGreaterThanOrEqual(PORTS.length);
  });

  it('is done at once when it was not started', () => {
    using walk = ConntrackWalk.open();
    expect(walk.step(() => expect.fail('no entries'), 1)).toBe('done');
  });
});
