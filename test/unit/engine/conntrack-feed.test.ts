import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConntrackDecodeError } from '../../../src/conntrack/errors.ts';
import { ConntrackFeed } from '../../../src/engine/conntrack-feed.ts';
import { FlowTable, type Report } from '../../../src/flow/flow-table.ts';
import { entry, isOurs } from '../flow/entry.ts';
import { FakeEvents, FakeWalk } from './fake-conntrack.ts';

const [A, B, C] = [1, 2, 3].map((n) => ({ to: `192.0.2.${n} 443`, id: n }));
const malformed = () => new ConntrackDecodeError('test');

describe('ConntrackFeed', () => {
  let events: FakeEvents;
  let walk: FakeWalk;
  let table: FlowTable;
  let feed: ConntrackFeed;
  let reports: string[];
  let seen: (number | undefined)[];
  let passedBytes: number;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    events = new FakeEvents();
    walk = new FakeWalk();
    table = new FlowTable({ isOurs, maxFlows: 1_000 });
    reports = [];
    seen = [];
    passedBytes = 0;
    const report: Report = ({ kind, flow }) => {
      reports.push(`${kind} ${flow.destination.d & 255}`);
      seen.push(feed.entry?.id);
    };
    feed = new ConntrackFeed(events, walk, table, report, {
      passedBytes: () => passedBytes,
      processorMs: () => performance.now(),
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const drain = () => feed.drain(Date.now());
  const step = () => feed.step(Date.now());
  /** A whole walk, and the events that waited meanwhile. */
  const resync = () => {
    do step();
    while (walk.running);
    while (drain());
  };

  it('walks at the start, and again some time after', () => {
    walk.walks.push({ pieces: [[entry(A)], [entry(B)]] });
    step();
    expect([walk.running, table.size]).toEqual([true, 1]);
    step();
    expect([walk.running, table.size]).toEqual([false, 2]);
    drain();
    expect(feed.counters.resyncs).toBe(1);
    expect(step()).toBe(false);
    expect(walk.started).toBe(1);
    expect(feed.nextStepAt).toBe(performance.now() + 10_000);
    vi.advanceTimersByTime(10_000);
    expect(step()).toBe(true);
    expect(walk.started).toBe(2);
  });

  it('counts what tells that connections begin or go on, of events alone', () => {
    events.waiting.push(
      entry(A),
      entry({ ...A, event: 'update' }),
      entry(B),
      entry({ ...B, event: 'destroy' }),
    );
    drain();
    walk.walks.push({ pieces: [[entry({ ...A, event: 'dump' })]] });
    resync();
    expect([feed.signsOfLife, feed.counters.events]).toEqual([3, 4]);
  });

  it('waits longer after a walk that took long, less so when much passed meanwhile', () => {
    walk.walks.push({ pieces: [[entry(A)]] });
    const piece = walk.step.bind(walk);
    vi.spyOn(walk, 'step').mockImplementationOnce((...args) => {
      vi.advanceTimersByTime(1_000);
      return piece(...args);
    });
    const begun = performance.now();
    resync();
    expect(feed.nextStepAt).toBe(begun + 500_000);
    passedBytes = 16 << 20;
    vi.advanceTimersByTime(1_000);
    step();
    expect(feed.nextStepAt).toBe(begun + 50_000);
  });

  it('leaves time for events between the pieces of a walk that nothing waits for', () => {
    walk.walks.push({ pieces: [[entry(A)]] }, { pieces: [[entry(A)], [entry(B)]] });
    resync();
    vi.advanceTimersByTime(10_000);
    const piece = walk.step.bind(walk);
    const pieces = vi.spyOn(walk, 'step').mockImplementation((...args) => {
      vi.advanceTimersByTime(2);
      return piece(...args);
    });
    step();
    step();
    expect([pieces.mock.calls.length, table.size]).toEqual([1, 1]);
    expect(feed.nextStepAt).toBe(performance.now() + 998);
    vi.advanceTimersByTime(998);
    step();
    expect([pieces.mock.calls.length, table.size, walk.running]).toEqual([2, 2, false]);
  });

  it('asks again soon while the kernel is at the next piece, and reads ahead only when it is waited for', () => {
    const started = vi.spyOn(walk, 'start');
    vi.spyOn(walk, 'step').mockReturnValueOnce('waiting');
    step();
    expect(feed.nextStepAt).toBe(performance.now() + 1);
    vi.advanceTimersByTime(1);
    resync();
    vi.advanceTimersByTime(10_000);
    step();
    expect(started.mock.calls).toEqual([[{ urgent: true }], [{ urgent: false }]]);
  });

  it('does not walk again before the events that waited are read', () => {
    step();
    vi.advanceTimersByTime(100_000);
    step();
    expect(walk.started).toBe(1);
    drain();
    expect(feed.counters.resyncs).toBe(1);
  });

  it('ends what a walk lacks, but not what is told of while it runs', () => {
    events.waiting.push(entry(A), entry(B));
    drain();
    walk.walks.push({ pieces: [[entry(A)], []] });
    step();
    events.waiting.push(entry(C));
    step();
    expect(drain()).toBe(false);
    expect(reports).toEqual(['started 1', 'started 2', 'started 3', 'ended 2']);
  });

  it('ends nothing after a walk that the kernel calls inconsistent, and walks again later', () => {
    events.waiting.push(entry(A));
    drain();
    walk.walks.push({ pieces: [[]], interrupted: true });
    step();
    drain();
    expect([reports, feed.counters.resyncs]).toEqual([['started 1'], 0]);
    expect(feed.nextStepAt).toBeGreaterThan(performance.now());
  });

  it('looks at everything at once when events were lost', () => {
    resync();
    events.waiting.push(entry(A), 'lost');
    drain();
    expect(feed.counters.lost).toBe(1);
    walk.walks.push({ pieces: [[entry(B)]] });
    resync();
    expect(walk.started).toBe(2);
    expect(reports).toEqual(['started 1', 'started 2', 'ended 1']);
    expect(feed.nextStepAt).toBe(performance.now() + 10_000);
  });

  it('walks only when the queue was empty once after the loss: until then more is lost without a word', () => {
    resync();
    events.waiting.push('lost');
    for (let id = 1; id <= 600; id += 1) events.waiting.push(entry({ from: `10.1.0.10 ${id}`, id }));
    expect(drain()).toBe(true);
    step();
    expect(walk.started).toBe(1);
    expect(drain()).toBe(false);
    step();
    expect(walk.started).toBe(2);
  });

  it.each<[string, () => void]>([
    ['while a walk runs', () => walk.walks.push({ pieces: [[], []] })],
    ['between a walk and its end', () => walk.walks.push({ pieces: [[]] })],
  ])('walks once more when events are lost %s', (_, prepare) => {
    prepare();
    step();
    events.waiting.push('lost');
    drain();
    for (let i = 0; i < 3; i += 1) resync();
    expect(walk.started).toBe(2);
    expect(feed.counters).toMatchObject({ lost: 1, resyncs: 2 });
  });

  it('passes over an event that cannot be decoded and takes the next', () => {
    events.waiting.push(malformed(), entry(A));
    expect(drain()).toBe(true);
    expect(drain()).toBe(false);
    expect([feed.counters.undecodable, table.size]).toEqual([1, 1]);
  });

  it('gives up a walk that cannot be decoded, ends nothing, and tries again later', () => {
    events.waiting.push(entry(A));
    drain();
    walk.walks.push({ pieces: [malformed()] });
    step();
    drain();
    expect(reports).toEqual(['started 1']);
    expect([feed.counters.undecodable, feed.counters.resyncs, walk.running]).toEqual([1, 0, false]);
    expect(feed.nextStepAt).toBe(performance.now() + 10_000);
  });

  it('does not hide any other failure', () => {
    events.waiting.push(new Error('the socket is closed'));
    expect(drain).toThrow('the socket is closed');
  });

  it('gives other work its turn after some events', () => {
    for (let id = 1; id <= 600; id += 1) events.waiting.push(entry({ from: `10.1.0.10 ${id}`, id }));
    expect([drain(), table.size]).toEqual([true, 512]);
    expect([drain(), table.size]).toEqual([false, 600]);
  });

  it('shows the entry within a report of it, and none in the report of an end that nobody told of', () => {
    events.waiting.push(entry(A), entry(B));
    drain();
    resync();
    expect(seen).toEqual([1, 2, undefined, undefined]);
    expect(feed.entry).toBeUndefined();
  });
});
