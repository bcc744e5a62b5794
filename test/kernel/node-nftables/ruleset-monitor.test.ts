import { Poller } from 'node-netlink';
import { MAX_TOLD_ELEMENTS, Nftables, type RulesetChange, RulesetMonitor, SetElements } from 'node-nftables';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Forger, netlinkPorts } from '../../faults/unicast.ts';
import { ThreadNamespace } from '../../namespaces/thread.ts';

let namespace: ThreadNamespace;
beforeAll(() => {
  namespace = new ThreadNamespace();
});
afterAll(() => namespace[Symbol.dispose]());

function drained(monitor: RulesetMonitor): { changes: RulesetChange[]; lost: boolean } {
  const changes: RulesetChange[] = [];
  const { lost } = monitor.drain((change) => changes.push(change));
  return { changes, lost };
}

const table = { family: 'inet', name: 'watched' } as const;

describe('RulesetMonitor', () => {
  it('tells a foreign flush from own changes, and wakes a poller', () => {
    using monitor = RulesetMonitor.open();
    using nft = Nftables.open();
    using elements = SetElements.open();
    const poller = new Poller([monitor.fd]);
    expect(poller.wait(0)).toBe(0);
    const self = elements.generation().processId;

    nft.run([{ add: { table } }]);
    expect(poller.wait(1_000)).toBe(1);
    expect(drained(monitor).changes.at(-1)).toMatchObject({ kind: 'generation', processId: self });
    expect(poller.wait(0)).toBe(0);

    namespace.run('nft', 'flush', 'ruleset');
    expect(poller.wait(1_000)).toBe(1);
    const { changes } = drained(monitor);
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'table', action: 'delete', family: 'inet', table: 'watched' }),
    );
    const generation = changes.at(-1);
    expect(generation).toMatchObject({ kind: 'generation', processName: 'nft' });
    expect(generation).not.toMatchObject({ processId: self });
    expect(generation?.portId).not.toBe(elements.portId);
  });

  it('leaves out what came through one port, when told, and nothing else', () => {
    using nft = Nftables.open();
    using elements = SetElements.open();
    using monitor = RulesetMonitor.open({ except: elements.portId });
    const set = { family: 'inet', table: 'apart', name: 's', type: 'ipv4_addr' } as const;
    nft.run([{ add: { table: { family: 'inet', name: 'apart' } } }, { add: { set } }]);
    drained(monitor);
    elements.add(set, [{ key: Uint8Array.of(192, 0, 2, 1) }]);
    expect(drained(monitor).changes).toEqual([]);
    namespace.nft('delete element inet apart s { 192.0.2.1 }');
    expect(drained(monitor).changes).toMatchObject([
      { kind: 'element', action: 'delete', set: 's' },
      { kind: 'generation' },
    ]);
  });

  describe('of a transaction of very many elements', () => {
    const set = { family: 'inet', table: 'many', name: 's', type: 'ipv4_addr' } as const;
    const keys = Array.from({ length: MAX_TOLD_ELEMENTS + 1 }, (_, i) => ({
      key: Uint8Array.of(10, 0, i >> 8, i & 255),
    }));
    const addAll = { action: 'add', set, elements: keys } as const;
    let resources: DisposableStack;
    let elements: SetElements;
    let monitor: RulesetMonitor;
    beforeEach(() => {
      resources = new DisposableStack();
      namespace.nft('add table inet many\nadd set inet many s { type ipv4_addr; }');
      elements = resources.use(SetElements.open());
      monitor = resources.use(RulesetMonitor.open());
      elements.keepFrom(monitor);
    });
    afterEach(() => {
      resources.dispose();
      namespace.nft('delete table inet many');
    });

    it('is told nothing, and hears what comes after it', () => {
      expect(elements.apply([addAll], { whole: true, confirm: true })).toBe(false);
      expect(elements.count(set)).toBe(keys.length);
      expect(drained(monitor)).toEqual({ changes: [], lost: false });
      elements.delete(set, keys.slice(0, 1));
      expect(drained(monitor).changes).toMatchObject([{ kind: 'element', action: 'delete' }, {}]);
    });

    it('hears all of one that is not quite as large', () => {
      const told = { ...addAll, elements: keys.slice(1) };
      expect(elements.apply([told], { whole: true, confirm: true })).toBe(true);
      expect(drained(monitor).changes.length).toBeGreaterThan(0);
    });

    it('has lost nothing when the kernel refuses it', () => {
      const nowhere = { ...addAll, set: { ...set, name: 'none' } };
      expect(() => elements.apply([nowhere], { whole: true })).toThrow();
      expect(drained(monitor)).toEqual({ changes: [], lost: false });
    });

    it('has lost what others change meanwhile, and says so', () => {
      const generation = () => elements.generation().id;
      monitor.apart(generation, () => {
        elements.add(set, keys.slice(0, 1));
        namespace.nft('add chain inet many c');
      });
      expect(drained(monitor)).toEqual({ changes: [], lost: true });
      expect(drained(monitor).lost).toBe(false);
      const failed = () => monitor.apart(generation, () => namespace.nft('nonsense'));
      expect(failed).toThrow();
      expect(drained(monitor).lost).toBe(false);
    });
  });

  it('says when announcements are lost, once', () => {
    using monitor = RulesetMonitor.open({ receiveBufferBytes: 4_096 });
    for (let i = 0; i < 12; i++) namespace.nft(`add table inet t${i}\nadd chain inet t${i} c`);
    expect(drained(monitor).lost).toBe(true);
    expect(drained(monitor)).toEqual({ changes: [], lost: false });
    namespace.nft('add table inet after');
    expect(drained(monitor)).toMatchObject({ lost: false, changes: [{ kind: 'table', table: 'after' }, {}] });
  });

  it('says it again when all that waited is taken: until then the kernel drops without a word', () => {
    using monitor = RulesetMonitor.open({ receiveBufferBytes: 4_096 });
    for (let i = 20; i < 32; i++) namespace.nft(`add table inet t${i}\nadd chain inet t${i} c`);
    expect(monitor.drain(() => {}, 1)).toEqual({ lost: true, more: true });
    namespace.nft('add table inet unseen');
    expect(drained(monitor).lost).toBe(true);
    expect(drained(monitor)).toEqual({ changes: [], lost: false });
  });

  it('does not take a queue for empty that other processes have filled', () => {
    using monitor = RulesetMonitor.open({ receiveBufferBytes: 64 << 10 });
    using forger = new Forger();
    const datagram = new Uint8Array(500);
    let sent = 0;
    for (const port of netlinkPorts(process.pid)) while (forger.send(port, datagram)) sent += 1;
    expect(sent).toBeGreaterThan(100);
    namespace.nft('add table inet lost');
    expect(monitor.drain(() => {}, 1)).toEqual({ lost: true, more: true });
    namespace.nft('add table inet unseen');
    const told = [];
    for (let more = true; more; ) {
      const turn = monitor.drain(() => {}, 1);
      told.push(turn.lost);
      more = turn.more;
    }
    expect(told.at(-1)).toBe(true);
    expect(drained(monitor)).toEqual({ changes: [], lost: false });
  });
});
