import { expect, it } from 'vitest';
import type { Notice } from '../../../src/engine/commands.ts';
import { Priority, type Scheduler } from '../../../src/engine/priority.ts';

const WINDOW_MS = 40;

type Mode = 'ordinary' | 'real time';

class FakeScheduler implements Scheduler {
  mode: Mode = 'ordinary';
  processorTime = 0;
  allows: { readonly nice: boolean; readonly realTime: boolean };

  constructor(allows = { nice: true, realTime: true }) {
    this.allows = allows;
  }

  readonly beNice = () => {
    if (!this.allows.nice) throw new Error('EACCES: permission denied');
  };
  readonly beOrdinary = () => {
    this.mode = 'ordinary';
  };
  readonly beRealTime = () => {
    if (this.allows.realTime) this.mode = 'real time';
    return this.allows.realTime;
  };
  readonly processorMs = () => this.processorTime;
}

function priorityOf(scheduler: Scheduler): { priority: Priority; told: Notice[] } {
  const told: Notice[] = [];
  return { priority: new Priority((notice) => told.push(notice), scheduler), told };
}

it.each([
  ['nice', { nice: false, realTime: true }, 'LimitNICE=-10', { error: 'EACCES: permission denied' }],
  ['of real time', { nice: true, realTime: false }, 'LimitRTPRIO=1', {}],
])('says so where it must not be %s, and goes on as it is', (_, allows, limit, fields) => {
  const scheduler = new FakeScheduler(allows);
  const { priority, told } = priorityOf(scheduler);
  expect(told).toEqual([{ notice: 'log', level: 'info', message: expect.stringContaining(limit), fields }]);
  priority.turned(1_000);
  priority.turned(2_000);
  expect(priority.ordinarily(() => scheduler.mode)).toBe('ordinary');
  expect(scheduler.mode).toBe('ordinary');
});

it('is ordinary until the first turn', () => {
  const scheduler = new FakeScheduler();
  const { priority, told } = priorityOf(scheduler);
  expect([scheduler.mode, told]).toEqual(['ordinary', []]);
  priority.turned(1_000);
  expect(scheduler.mode).toBe('real time');
});

it('gives way in a flood, and comes back when it is over', () => {
  const scheduler = new FakeScheduler();
  const { priority } = priorityOf(scheduler);
  const shares = [0, 0.69, 0.71, 0.6, 0.51, 0.49, 0.6, 1, 1, 0];
  const modes = shares.map((share, i) => {
    scheduler.processorTime += share * WINDOW_MS;
    priority.turned(1_000 + WINDOW_MS * i);
    return scheduler.mode;
  });
  const [real, plain]: Mode[] = ['real time', 'ordinary'];
  expect(modes).toEqual([real, real, plain, plain, plain, real, real, plain, plain, real]);
});

it('looks at whole windows only: one long turn among short ones is no flood', () => {
  const scheduler = new FakeScheduler();
  const { priority } = priorityOf(scheduler);
  priority.turned(1_000);
  scheduler.processorTime += 9;
  for (let ms = 1; ms < WINDOW_MS; ms++) {
    priority.turned(1_000 + ms);
    expect(scheduler.mode).toBe('real time');
  }
  priority.turned(1_000 + WINDOW_MS);
  expect(scheduler.mode).toBe('real time');
});

it('does what is long ordinarily, also when it fails', () => {
  const scheduler = new FakeScheduler();
  const { priority } = priorityOf(scheduler);
  expect(priority.ordinarily(() => scheduler.mode)).toBe('ordinary');
  expect(scheduler.mode).toBe('ordinary');
  priority.turned(1_000);
  expect(priority.ordinarily(() => scheduler.mode)).toBe('ordinary');
  expect(scheduler.mode).toBe('real time');
  const fail = () => {
    throw new Error('refused');
  };
  expect(() => priority.ordinarily(fail)).toThrow('refused');
  expect(scheduler.mode).toBe('real time');
});

it('tries again when it was not let back', () => {
  const scheduler = new FakeScheduler();
  const { priority } = priorityOf(scheduler);
  priority.turned(1_000);
  scheduler.allows = { nice: true, realTime: false };
  priority.ordinarily(() => {});
  priority.turned(1_000 + WINDOW_MS);
  expect(scheduler.mode).toBe('ordinary');
  scheduler.allows = { nice: true, realTime: true };
  priority.turned(1_000 + 2 * WINDOW_MS);
  expect(scheduler.mode).toBe('real time');
});
