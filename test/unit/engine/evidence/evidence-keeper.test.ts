import { afterEach, describe, expect, it } from 'vitest';
import { FlowRows } from '../../../../src/engine/evidence/flow-rows.ts';
import { loadGood } from '../../policy/sources.ts';
import { Bench, MINUTE, POLICY, SPEC } from '../bench.ts';
import { packet } from '../fake-packet-log.ts';

const HOST = '10.1.0.10';
const WITH_PACKETS = loadGood(`${SPEC}\n  evidence: {packets: {enabled: true}}\n`);

describe('what the engine tells of an incident', () => {
  let bench: Bench;

  afterEach(() => bench[Symbol.dispose]());

  const look = (others: string[] = [], fromMs = 0) => {
    const question = { host: HOST, others, fromMs, toMs: Date.now() + 1 };
    const { flows, ...view } = bench.order('evidence', question);
    const rows = new FlowRows(flows.words, flows.numbers);
    const seen = Array.from({ length: rows.length }, (_, row) => rows.read(row));
    return {
      ...view,
      seen: seen.map(({ sighting, destination, verdict }) => [sighting, destination, verdict]),
    };
  };

  it('is what its host did: begins, ends, and what stands', async () => {
    bench = await Bench.start(POLICY);
    const ends = { from: `${HOST} 40000`, to: '203.0.113.9 443' };
    bench.see({ ...ends, id: 1, event: 'new' });
    bench.see({ ...ends, id: 1, event: 'destroy', counters: [900, 6, 5_000, 7] });
    bench.see({ from: `${HOST} 40001`, to: '192.0.2.1 443', id: 2, event: 'new' });
    bench.see({ from: '10.1.0.11 40001', to: '192.0.2.1 443', id: 3, event: 'new' });
    const view = look();
    expect(view.seen).toEqual([
      ['started', '192.0.2.1', 'deny'],
      ['ended', '203.0.113.9', 'allow'],
      ['started', '203.0.113.9', 'allow'],
      ['standing', '192.0.2.1', 'deny'],
    ]);
    expect(view).toMatchObject({
      policy: { digest: POLICY.digest, mode: 'respond' },
      rules: ['web-out'],
      ...{ truncated: false, forgottenBeforeMs: null, packets: [] },
    });
    expect(structuredClone(view)).toEqual(view);
    expect(look(['192.0.2.1']).seen.filter(([sighting]) => sighting === 'started')).toHaveLength(3);
  });

  it('leaves out what was before the time that is asked for', async () => {
    bench = await Bench.start(POLICY);
    bench.see({ from: `${HOST} 40000`, to: '203.0.113.9 443', event: 'new' });
    bench.pass(MINUTE);
    expect(look([], Date.now() - 1_000).seen).toEqual([['standing', '203.0.113.9', 'allow']]);
  });

  it('has attempts that the kernel refused, and their packets where the policy wants packets', async () => {
    bench = await Bench.start(WITH_PACKETS);
    const view = new DataView(new ArrayBuffer(40));
    view.setUint8(0, 0x45);
    view.setUint8(9, 6);
    view.setUint32(12, 0x0a01000a);
    view.setUint32(16, 0xc0000201);
    const bytes = { view, payloadStart: 0, payloadEnd: 40, bytes: 60 };
    bench.packets.waiting.push(packet({ from: HOST, to: '192.0.2.1' }, bytes));
    bench.engine.denied.drain(Date.now());
    const told = look(['192.0.2.1']);
    expect(told.seen).toEqual([['refused', '192.0.2.1', 'deny']]);
    expect(told.packets).toEqual([
      { atMs: Date.now(), originalBytes: 60, data: new Uint8Array(view.buffer) },
    ]);
    expect(look(['192.0.2.2']).packets).toEqual([]);
    expect(bench.order('evidenceSettings', {}).settings?.packets.enabled).toBe(true);
  });
});
