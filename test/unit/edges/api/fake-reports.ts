/** Reports with nothing in them. */
import type { z } from 'zod';
import type { ReportSource } from '../../../../src/edges/api/resource/reports.ts';
import type { reportSchema } from '../../../../src/edges/api/schema/report.ts';
import type { Outcome, Refusal } from '../../../../src/engine/commands.ts';
import { NOON } from './samples.ts';

const NONE = { lines: [], more: 0 };

export class FakeReports implements ReportSource {
  readonly asked: unknown[] = [];
  /** Said to the next question. */
  refusal: Refusal | undefined;

  report = async (period: { fromMs: number; toMs: number }) => this.#answer(period, emptyReport(period));
  html = async (period: object) => this.#answer(period, '<!doctype html><title>a report</title>');
  csv = async (period: object, table: string) => this.#answer({ ...period, table }, '"Host"\r\n');

  kept() {
    return [{ name: 'penstock-2026-W40.html', bytes: 6, madeAtMs: NOON }];
  }

  read(name: string): Uint8Array | undefined {
    return name === 'penstock-2026-W40.html' ? Buffer.from('<html>') : undefined;
  }

  #answer<T>(asked: unknown, result: T): Outcome<T> {
    this.asked.push(asked);
    const { refusal } = this;
    this.refusal = undefined;
    return refusal === undefined ? { ok: true, result } : { ok: false, refusal };
  }
}

function emptyReport(period: { fromMs: number; toMs: number }): z.input<typeof reportSchema> {
  return {
    period,
    madeAtMs: NOON,
    host: 'gateway',
    version: '9.9.9',
    policy: null,
    gaps: ['traffic: no history is kept'],
    traffic: null,
    rules: null,
    approvals: {
      ...{ asked: 0, approved: 0, rejected: 0, lapsed: 0, open: 0, response: null, persons: [], lines: NONE },
    },
    incidents: {
      ...{
        opened: 0,
        closed: 0,
        bySeverity: { low: 0, medium: 0, high: 0, critical: 0 },
        causes: [],
        false: 0,
      },
      ...{ suppressions: { created: 0, revoked: 0, expired: 0 }, worst: NONE },
    },
    blocks: {
      ...{ automatic: 0, manual: 0, quarantines: 0, stood: { count: 0, medianMs: 0, totalMs: 0 } },
      ...{ revoked: 0, expired: 0, failed: 0, wrong: 0, vetoes: [] },
    },
    changes: { lines: NONE, policies: 0, rollbacks: 0, refused: 0, persons: [] },
    drift: { found: 0, repaired: 0, failed: 0, contested: 0, culprits: [], eventsLost: 0 },
    audit: { sound: true, entries: 1, inPeriod: 0, headHash: 'ab', problem: null },
  };
}
