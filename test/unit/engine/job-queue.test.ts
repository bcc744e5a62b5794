import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../src/engine/commands.ts';
import type { Job } from '../../../src/engine/job.ts';
import { JobQueue } from '../../../src/engine/job-queue.ts';

const PIECE_MS = 0.04;
/** Of 0.1 ms: three pieces begin in it. */
const PIECES_A_SLICE = 3;
const MOST = 64;

describe('jobs', () => {
  const answers: [call: number, outcome: Outcome<unknown>][] = [];
  const queue = () => new JobQueue((call, outcome) => answers.push([call, outcome]));
  /** Pieces that were worked at, by job. */
  const worked: Record<string, number> = {};
  const letGo: string[] = [];

  function* job(name: string, pieces: number): Job<Outcome<unknown>> {
    worked[name] = 0;
    try {
      for (let n = 0; n < pieces; n++) {
        if (n > 0) yield;
        vi.advanceTimersByTime(PIECE_MS);
        worked[name] += 1;
      }
      return { ok: true, result: name };
    } finally {
      letGo.push(name);
    }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    answers.length = 0;
    letGo.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are worked at for a slice at a time, and answered when they are done', () => {
    const jobs = queue();
    expect(jobs.nextStepAt).toBe(Number.POSITIVE_INFINITY);
    jobs.step();
    jobs.add(7, job('long', 2 * PIECES_A_SLICE));
    expect(jobs.nextStepAt).toBe(0);
    jobs.step();
    expect([worked.long, answers]).toEqual([PIECES_A_SLICE, []]);
    jobs.step();
    expect(answers).toEqual([[7, { ok: true, result: 'long' }]]);
    expect(jobs.nextStepAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('are worked at for longer in a flood, so that they end', () => {
    const jobs = queue();
    jobs.add(7, job('long', 100));
    jobs.step(8 * 10 * PIECE_MS);
    expect(worked.long).toBe(10);
    jobs.step(PIECE_MS);
    expect(worked.long).toBe(10 + PIECES_A_SLICE);
  });

  it('have their turn one after the other', () => {
    const jobs = queue();
    jobs.add(1, job('first', 2 * PIECES_A_SLICE));
    jobs.add(2, job('second', 1));
    for (let slice = 0; slice < 2; slice++) jobs.step();
    expect(answers.map(([call]) => call)).toEqual([1]);
    jobs.step();
    expect(answers.map(([call]) => call)).toEqual([1, 2]);
  });

  it('are refused when too many wait', () => {
    const jobs = queue();
    for (let call = 0; call <= MOST; call++) jobs.add(call, job('one', 1));
    expect(answers).toEqual([[MOST, { ok: false, refusal: { code: 'busy', message: expect.any(String) } }]]);
    for (let slice = 0; slice < MOST; slice++) jobs.step();
    expect(answers).toHaveLength(MOST + 1);
  });

  it('that are cancelled are neither worked at nor answered, and let go of what they hold', () => {
    const jobs = queue();
    jobs.add(1, job('first', 2 * PIECES_A_SLICE));
    jobs.add(2, job('second', 1));
    jobs.step();
    jobs.cancel(1);
    expect([worked.first, letGo]).toEqual([PIECES_A_SLICE, ['first']]);
    jobs.cancel(1);
    jobs.cancel(99);
    jobs.step();
    expect(answers).toEqual([[2, { ok: true, result: 'second' }]]);
  });
});
