/** Quarantines that follow their host, in the engine with a made-up kernel. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { BRIDGE_TABLE } from '../../../src/enforcement/bridge/rules.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, MINUTE, SPEC } from './bench.ts';

const HOST = '10.1.0.10';
const H = '02:00:00:00:00:0a';
const OTHER = '02:00:00:00:00:0b';
const QUARANTINE: Target = { kind: 'host', host: HOST, allowTo: ['10.0.0.53/32', 'fd00::53/128'] };

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.dispose]());

/** The neighbour table changes, and the engine hears of it. */
function sees(address: string, mac = H): void {
  bench.neighbours.sees(address, mac);
  bench.engine.quarantines.drain(Date.now());
}

function inForce(id = 'D1'): Decision {
  const found = bench.engine.desk.get(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

/** Elements of sets whose name begins so, in table inet penstock. */
function elements(name: string): string[] {
  return [...bench.elements().keys()].filter((id) => id.startsWith(name)).sort();
}

function bridgeStations(): number {
  const set = { family: 'bridge', table: 'penstock', name: 'station', type: 'ether_addr' } as const;
  return bench.kernel.elements.list({ ...set, flags: ['timeout'] }).length;
}

describe('a quarantine', () => {
  it('stands for station and further addresses, each with its exceptions and its time', () => {
    sees(HOST);
    sees('fd00:1::10');
    const { coverage } = bench.block(QUARANTINE);
    expect(coverage).toMatchObject({
      stations: [{ mac: H, link: 'lan', bridge: 'lan' }],
      addresses: ['fd00:1::10'],
      gaps: [],
    });
    expect(elements('quarantine')).toEqual([
      'quarantine4 0a01000a',
      'quarantine6 fd000001000000000000000000000010',
    ]);
    expect(elements('station')).toEqual(['station 02000000000a']);
    expect([elements('exception').length, elements('reachable').length]).toEqual([2, 2]);
    expect([...bench.elements().values()]).toEqual(Array(7).fill(HOUR));
  });

  it('is extended when its host takes another address, with the time that is left; recorded and a revision', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    bench.pass(10 * MINUTE);
    const revisions = bench.recorded('revision.created').length;
    sees('10.1.0.77');
    expect(bench.recorded('decision.extended').map(({ body }) => body.decision.coverage?.addresses)).toEqual([
      ['10.1.0.77'],
    ]);
    expect(bench.recorded('revision.created').length).toBe(revisions + 1);
    expect(inForce().enforcement.status).toBe('applied');
    expect(bench.elements().get('quarantine4 0a01004d')).toBe(HOUR - 10 * MINUTE);
    expect(bench.engine.keeper.status.table).toBe('in-place');
  });

  it('is not extended twice for the same, nor for what others have', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    for (let i = 0; i < 3; i++) {
      sees('10.1.0.77');
      sees('10.1.0.99', OTHER);
    }
    expect(bench.recorded('decision.extended')).toHaveLength(1);
  });

  it('finds its host when that is seen at last', () => {
    expect(bench.block(QUARANTINE).coverage?.gaps.map(({ reason }) => reason)).toEqual(['notAttached']);
    sees(HOST);
    expect(inForce().coverage).toMatchObject({ stations: [{ mac: H }], gaps: [] });
  });

  it('covers nothing that a guardrail protects, and says why', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    sees('9.9.9.9');
    const { coverage } = inForce();
    expect(coverage?.addresses).toEqual([]);
    expect(coverage?.gaps).toEqual([
      {
        reason: 'protectedAddress',
        text: "9.9.9.9 is the host's too and not covered: 9.9.9.9 is a name server of this machine",
      },
    ]);
  });

  it('covers no station of a protected address', () => {
    sees('9.9.9.9');
    sees(HOST);
    expect(bench.block(QUARANTINE).coverage).toMatchObject({ stations: [], addresses: [] });
    expect(elements('station')).toEqual([]);
  });

  it('counts as one host, and what it covers needs no quarantine of its own', () => {
    sees(HOST);
    sees('fd00:1::10');
    bench.block(QUARANTINE);
    const { active } = bench.engine.desk;
    expect(active.quarantinedHosts).toBe(1);
    const covered: Target = { ...QUARANTINE, host: 'fd00:1::10' };
    expect(active.covering(covered)?.id).toBe('D1');
    bench.answer('revoke', 'D1');
    expect([active.quarantinedHosts, active.covering(covered)]).toEqual([0, undefined]);
  });

  it('leaves nothing behind when it is revoked or runs out', () => {
    for (const end of [() => bench.answer('revoke', 'D1'), () => bench.pass(2 * HOUR)]) {
      sees(HOST);
      sees('fd00:1::10');
      bench.block(QUARANTINE);
      end();
      expect(bench.elements().size).toBe(0);
      expect(bench.kernel.elements.findTable(BRIDGE_TABLE)).toBeUndefined();
    }
  });

  it('tells of a flowtable that takes connections past the rules', () => {
    bench.flowtables = ['inet filter/fast'];
    sees(HOST);
    const [gap] = bench.block(QUARANTINE).coverage?.gaps ?? [];
    expect(gap).toMatchObject({ reason: 'flowtable' });
    expect(gap.text).toContain('inet filter/fast');
  });
});

describe('what a quarantine covers', () => {
  it('is read anew when notifications are lost', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    bench.neighbours.sees('10.1.0.77', H);
    bench.neighbours.lost = true;
    bench.engine.quarantines.drain(Date.now());
    expect(inForce().coverage?.addresses).toEqual([]);
    bench.pass(500);
    expect(inForce().coverage?.addresses).toEqual(['10.1.0.77']);
  });

  it('is not claimed when it could not be recorded, and is made good', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    const freeDisk = bench.fillDisk();
    sees('10.1.0.77');
    expect([inForce().coverage?.addresses, elements('quarantine4').length]).toEqual([[], 1]);
    freeDisk();
    bench.pass(MINUTE);
    expect([inForce().coverage?.addresses, elements('quarantine4').length]).toEqual([['10.1.0.77'], 2]);
  });

  it('stands again after a restart, and the kernel is as it was', async () => {
    sees(HOST);
    sees('10.1.0.77');
    bench.block(QUARANTINE);
    const before = [...bench.elements().keys()];
    await bench.restart();
    expect(inForce().coverage).toMatchObject({ stations: [{ mac: H }], addresses: ['10.1.0.77'] });
    expect([...bench.elements().keys()]).toEqual(before);
    expect(bridgeStations()).toBe(1);
  });

  it('goes and comes back with its decision by a rollback', () => {
    sees(HOST);
    bench.block(QUARANTINE);
    const to = bench.engine.journal.lastRevision;
    sees('10.1.0.77');
    bench.answer('revoke', 'D1');
    expect(bench.elements().size).toBe(0);
    bench.order('rollback', { to, actor: 'laptop', reason: '' });
    expect(inForce('D2').coverage?.addresses).toEqual(['10.1.0.77']);
    expect([elements('station').length, elements('quarantine4').length]).toEqual([1, 2]);
  });

  it('lets go what another policy protects', () => {
    sees(HOST);
    sees('10.1.0.77');
    bench.block(QUARANTINE);
    const policy = loadGood(`${SPEC}\n  neverBlock: {sources: [10.1.0.77/32]}\n`);
    bench.order('applyPolicy', { policy, actor: 'laptop', reason: '' });
    bench.pass(MINUTE);
    expect(inForce().coverage?.addresses).toEqual([]);
    expect(elements('quarantine4')).toEqual(['quarantine4 0a01000a']);
  });
});

describe('table bridge penstock', () => {
  it('is there while a quarantined host is on a bridge, and made again at once when somebody deletes it', () => {
    expect(bench.kernel.elements.findTable(BRIDGE_TABLE)).toBeUndefined();
    sees(HOST);
    bench.block(QUARANTINE);
    expect(bridgeStations()).toBe(1);
    bench.stranger.nft.run([{ delete: { table: BRIDGE_TABLE } }]);
    bench.engine.keeper.onAnnouncements(Date.now());
    expect(bridgeStations()).toBe(1);
    expect(bench.recorded('drift.found').at(-1)?.body).toMatchObject({
      table: 'bridge penstock',
      differences: expect.arrayContaining(['table bridge penstock is missing']),
      by: [{ processId: 1, processName: 'nft' }],
    });
  });
});
