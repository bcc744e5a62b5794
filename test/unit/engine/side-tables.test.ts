import type { RulesetChange } from 'node-nftables';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING_AMISS, type SideMended, SideTables } from '../../../src/engine/side-tables.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';

const OURS = 7;
const NAMES = { family: 'inet', name: 'penstock_names' } as const;
const OTHER = { family: 'bridge', name: 'penstock' } as const;
const AMISS: SideMended = { differences: ['table inet penstock_names is missing'] };

class Scene {
  readonly recorded: EntryDraft[] = [];
  readonly mended: string[] = [];
  found: SideMended = AMISS;
  readonly tables = new SideTables({
    tables: [NAMES, OTHER].map((table) => ({
      ...table,
      mend: () => {
        this.mended.push(table.name);
        return this.found;
      },
    })),
    ours: new Set([OURS]),
    journal: {
      write: (drafts) => {
        this.recorded.push(...drafts);
        return [];
      },
      log: () => {},
    },
  });

  /** One transaction. */
  change(processId: number, ...tables: { family: 'inet' | 'bridge'; name: string }[]): void {
    for (const { family, name } of tables) {
      const change: RulesetChange = { kind: 'table', action: 'delete', portId: 1, family, table: name };
      this.tables.hear(change);
    }
    this.tables.hear({ kind: 'generation', action: 'new', portId: 1, id: 1, processId, processName: 'nft' });
    this.tables.mendDue(0);
  }

  get types(): string[] {
    return this.recorded.map(({ type }) => type);
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('a small table of ours', () => {
  it('that somebody else touched is mended at the end of the transaction, and recorded with who it was', () => {
    const scene = new Scene();
    scene.change(1, NAMES);
    expect(scene.mended).toEqual(['penstock_names']);
    const table = 'inet penstock_names';
    expect(scene.recorded.map(({ body }) => body)).toEqual([
      { ...AMISS, table, by: [{ processId: 1, processName: 'nft' }] },
      { ...AMISS, table },
    ]);
    expect(scene.types).toEqual(['drift.found', 'drift.repaired']);
    expect(scene.tables.dueAt).toBe(Number.POSITIVE_INFINITY);
  });

  it.each<[string, number, { family: 'inet' | 'bridge'; name: string }[]]>([
    ['we changed ourselves', OURS, [NAMES]],
    ['is not what another table of that name is', 1, [{ family: 'bridge', name: 'penstock_names' }]],
    ['was not touched', 1, []],
  ])('that %s is left alone', (_, processId, touched) => {
    const scene = new Scene();
    scene.change(processId, ...touched);
    expect(scene.mended).toEqual([]);
  });

  it('of which a change by us follows one by others in the queue is looked at', () => {
    const scene = new Scene();
    scene.change(OURS);
    scene.change(1, NAMES, OTHER);
    expect(scene.mended).toEqual(['penstock_names', 'penstock']);
  });

  it('that is as it should be after all is not recorded', () => {
    const scene = new Scene();
    scene.found = NOTHING_AMISS;
    scene.change(1, NAMES);
    scene.tables.lost(0);
    expect(scene.mended).toEqual(['penstock_names', 'penstock_names', 'penstock']);
    expect(scene.recorded).toEqual([]);
  });

  it('that cannot be mended is recorded as such', () => {
    const scene = new Scene();
    scene.found = { ...AMISS, error: 'no' };
    scene.change(1, NAMES);
    expect(scene.types).toEqual(['drift.found', 'drift.failed']);
  });

  it('over which somebody fights is mended after pauses, one record in all', () => {
    const scene = new Scene();
    for (let i = 0; i < 6; i += 1) scene.change(1, NAMES);
    expect(scene.mended).toHaveLength(5);
    expect(scene.types.slice(10)).toEqual(['drift.contested']);
    expect(scene.recorded.at(-1)?.body).toMatchObject({ table: 'inet penstock_names', harms: 6 });
    scene.tables.lost(0);
    // Another table's announcements were lost as well; this one waits for its turn.
    expect(scene.mended.slice(5)).toEqual(['penstock']);
    vi.advanceTimersByTime(50);
    expect(scene.tables.dueAt).toBeLessThanOrEqual(performance.now());
    scene.tables.mendDue(0);
    expect(scene.mended.slice(6)).toEqual(['penstock_names']);
    vi.advanceTimersByTime(60_000);
    scene.tables.periodic(0);
    expect(scene.recorded.at(-1)).toMatchObject({ type: 'drift.settled', body: { harms: 7 } });
  });
});
