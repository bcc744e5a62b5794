import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowHistory } from '../../../../src/edges/history/history.ts';
import { DEFAULT_KEEP } from '../../../../src/edges/history/step.ts';
import type { EngineControl } from '../../../../src/engine/commands.ts';
import type { DrainedTraffic } from '../../../../src/engine/traffic-totals.ts';
import { HOUR, NOON, row } from './rows.ts';

/** Only ever drained. */
class FakeEngine implements EngineControl {
  pieces: DrainedTraffic[] = [];
  gone = false;

  put(...rows: ReturnType<typeof row>[]): void {
    this.pieces.push({ rows, groups: {}, names: {}, countedForMs: 60_000, more: false });
  }

  call = (async () => {
    if (this.gone) throw new Error('the engine thread has ended');
    const piece = this.pieces.shift() ?? {
      rows: [],
      groups: {},
      names: {},
      countedForMs: 60_000,
      more: false,
    };
    return { ok: true, result: { ...piece, more: this.pieces.length > 0 } };
  }) as unknown as EngineControl['call'];

  onNotice(): () => void {
    return () => {};
  }
}

let folder: string;
let engine: FakeEngine;
let nowMs: number;
let said: string[];
let opened: FlowHistory[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-history-'));
  engine = new FakeEngine();
  nowMs = NOON;
  said = [];
  opened = [];
});
afterEach(async () => {
  for (const history of opened) await history.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path = join(folder, 'history.db')): Promise<FlowHistory> {
  const say = (_: object, message: string) => void said.push(message);
  const settings = { path, keep: DEFAULT_KEEP, maxBytes: 2 ** 30, geography: {} };
  const history = await FlowHistory.open({
    engine,
    settings,
    log: { info: say, warn: say },
    now: () => nowMs,
  });
  opened.push(history);
  return history;
}

const ALL = { fromMs: NOON - HOUR, toMs: NOON + HOUR };

async function bytes(history: FlowHistory): Promise<number | string> {
  const outcome = await history.series({ step: 'hour', ...ALL });
  if (!outcome.ok) return outcome.refusal.message;
  return outcome.result.points.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
}

describe('FlowHistory', () => {
  it('writes what the engine has counted when somebody asks', async () => {
    engine.put(row({ bytesOut: 70 }));
    engine.put(row({ bytesOut: 5, destination: '203.0.113.10' }));
    const history = await open();
    expect(await bytes(history)).toBe(75);
    expect(history.status).toMatchObject({ writes: 1, rowsWritten: 6, lost: 0, writtenAtMs: NOON });
  });

  it('writes the last minute when it is closed', async () => {
    const history = await open();
    engine.put(row({ bytesOut: 70 }));
    await history.close();
    expect(await bytes(await open())).toBe(70);
  });

  it('puts what was counted into the middle of the time that it was counted for', async () => {
    engine.put(row());
    nowMs = NOON + 50;
    const history = await open();
    await history.collect();
    const outcome = await history.series({ step: 'minute', fromMs: NOON - 120_000, toMs: NOON });
    expect(outcome.ok && outcome.result.points.map(({ bytesOut }) => bytesOut)).toEqual([0, 100, 0]);
  });

  it('answers by the finest buckets that a time can be summed from', async () => {
    const history = await open();
    const step = async (fromMs: number, toMs: number) => {
      const outcome = await history.top({ by: 'host', limit: 1, fromMs, toMs });
      return outcome.ok && outcome.result.step;
    };
    const now = Date.now();
    expect(await step(now - HOUR, now)).toBe('minute');
    expect(await step(now - 24 * HOUR, now)).toBe('hour');
    expect(await step(now - 100 * HOUR, now - 98 * HOUR)).toBe('hour');
    expect(await step(now - 30 * 24 * HOUR, now)).toBe('day');
  });

  it('refuses what it cannot answer', async () => {
    const history = await open();
    const refused = async (asked: Promise<{ ok: boolean; refusal?: { code: string } }>) => {
      const outcome = await asked;
      return outcome.ok ? 'answered' : outcome.refusal?.code;
    };
    expect(await refused(history.top({ by: 'country', limit: 1, ...ALL }))).toBe('refused');
    expect(await refused(history.top({ by: 'host', limit: 1, fromMs: 2, toMs: 1 }))).toBe('refused');
    expect(await refused(history.series({ step: 'minute', fromMs: 0, toMs: NOON }))).toBe('refused');
  });

  it.each([
    ['no database', 'nothing of ours '.repeat(512)],
    ['the database of another program', undefined],
  ])('leaves a file alone that is %s, says so, and keeps no history', async (_, text) => {
    const path = join(folder, 'foreign.db');
    if (text !== undefined) writeFileSync(path, text);
    else {
      const { DatabaseSync } = await import('node:sqlite');
      const other = new DatabaseSync(path);
      other.exec('CREATE TABLE theirs (a)');
      other.close();
    }
    const history = await open(path);
    expect(said).toEqual([expect.stringMatching(/^no history of flows is written: history: the file is/)]);
    expect(history.status.problem).toMatch(/the file is/);
    expect(await bytes(history)).toMatch(/the file is/);
    engine.put(row());
    await history.collect();
    expect(engine.pieces).toHaveLength(1);
  });

  it('says once that the engine is gone, and goes on when it is back', async () => {
    const history = await open();
    engine.gone = true;
    await history.collect();
    await history.collect();
    expect([said.length, history.status.lost]).toEqual([1, 2]);
    engine.gone = false;
    engine.put(row({ bytesOut: 9 }));
    await history.collect();
    expect(history.status.problem).toBeUndefined();
    expect(said.at(-1)).toBe('the history of flows is written again');
    expect(await bytes(history)).toBe(9);
  });
});
