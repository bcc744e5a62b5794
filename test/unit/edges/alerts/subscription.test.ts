/** What a sink is sent, how fast, and what is sent again. */
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import type { Dispatch } from '../../../../src/edges/alerts/dispatch.ts';
import { AlertError } from '../../../../src/edges/alerts/errors.ts';
import { Outbox } from '../../../../src/edges/alerts/outbox.ts';
import type { AlertSink, Subscription } from '../../../../src/edges/alerts/sink.ts';
import { COMMON, wishesOf } from '../../../../src/edges/alerts/sink-settings.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { freshPath, openLedger, openReader } from '../../ledger/files.ts';
import { incident, opened, proposed } from '../../ledger/samples.ts';
import { OBSERVER } from './entries.ts';

const common = z.strictObject(COMMON);

class Memory implements AlertSink {
  readonly name: string;
  readonly type = 'memory';
  readonly batch: number;
  readonly settleMs?: number;
  readonly attempts: Dispatch[][] = [];
  hasArrived = false;
  lose: (why: Error) => void = () => {};
  fault: ((dispatches: readonly Dispatch[]) => Error | undefined) | undefined;

  constructor({
    name = 'memory',
    batch = 1,
    settleMs,
  }: { name?: string; batch?: number; settleMs?: number } = {}) {
    this.name = name;
    this.batch = batch;
    if (settleMs !== undefined) this.settleMs = settleMs;
  }

  async deliver(dispatches: readonly Dispatch[]): Promise<void> {
    const fault = this.fault?.(dispatches);
    if (fault) throw fault;
    this.attempts.push([...dispatches]);
  }

  watch(lost: (why: Error) => void): void {
    this.lose = lost;
  }

  async close(): Promise<boolean> {
    return this.hasArrived;
  }

  get incidents(): (string | null)[] {
    return this.attempts.flat().map(({ facts }) => facts.incident);
  }
}

class Bench {
  readonly path = freshPath();
  readonly recorded: EntryDraft[] = [];
  readonly ledger = openLedger(this.path);

  open(...subscriptions: Subscription[]): Outbox {
    const outbox = new Outbox({
      cursorPath: join(this.path, '../alerts.db'),
      ledger: openReader(this.path),
      subscriptions,
      observer: OBSERVER,
      record: (draft) => this.recorded.push(draft),
      backoff: { firstMs: 1, longestMs: 5 },
    });
    onTestFinished(() => outbox.stop(0));
    return outbox;
  }

  append(...drafts: EntryDraft[]): void {
    this.ledger.append(drafts, { sync: false });
  }
}

function eventually(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: 20_000, interval: 2 });
}

const done = (outbox: Outbox) =>
  eventually(() => expect(outbox.status().every((s) => s.backlog === 0)).toBe(true));

test('a sink gets what it wants, by severity and event, and passes over the rest', async () => {
  const bench = new Bench();
  const [severe, decisions] = [new Memory({ name: 'severe' }), new Memory({ name: 'decisions' })];
  const outbox = bench.open(
    { sink: severe, ...wishesOf(common.parse({ minSeverity: 'high' })) },
    { sink: decisions, ...wishesOf(common.parse({ events: ['decision.*', 'drift.found'] })) },
  );
  const low = {
    type: 'incident.opened',
    actor: 'penstock',
    body: { incident: incident(2, { severity: 'low' }) },
  };
  bench.append(opened(1), low as EntryDraft, proposed(3, { state: 'active', incident: 'I3' }));
  outbox.wake();
  await done(outbox);
  expect(severe.incidents).toEqual(['I1']);
  expect(decisions.incidents).toEqual(['I3']);
});

test.each(['incident', 'incident.*x', '*', 'token.created', ''])(
  'event %j would do nothing and is refused',
  (event) => {
    expect(common.safeParse({ events: [event] }).success).toBe(false);
  },
);

test('over its rate a sink gets the same alerts later, and says that it waits', async () => {
  const bench = new Bench();
  const sink = new Memory({ batch: 10 });
  const outbox = bench.open({ sink, rate: { perMinute: 1_200, burst: 3, over: 'delay' } });
  bench.append(...Array.from({ length: 6 }, (_, i) => opened(i + 1)));
  outbox.wake();
  await eventually(() => expect(outbox.status()[0].state).toBe('waiting'));
  expect(sink.incidents).toEqual(['I1', 'I2', 'I3']);
  await done(outbox);
  expect(sink.incidents).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6']);
  expect(outbox.status()[0]).toMatchObject({ state: 'idle', delivered: 6 });
});

test('over its rate a sink that asks for summaries gets all that waits as one', async () => {
  const bench = new Bench();
  const sink = new Memory();
  const outbox = bench.open({ sink, rate: { perMinute: 600, burst: 1, over: 'summarise' } });
  const worst = {
    type: 'incident.opened',
    actor: 'penstock',
    body: { incident: incident(9, { severity: 'critical' }) },
  };
  bench.append(...Array.from({ length: 149 }, (_, i) => opened(i + 1)), worst as EntryDraft);
  outbox.wake();
  await done(outbox);
  expect(sink.attempts.map(([{ action }]) => action)).toEqual(['incident.opened', 'alert.summary']);
  const [[first], [summary]] = sink.attempts;
  expect(first.facts.incident).toBe('I1');
  expect(summary).toMatchObject({
    severity: 'critical',
    message: expect.stringMatching(/^149 alerts from .* in one, .*: 149 incident\.opened\. /),
    facts: { incident: 'I9' },
  });
  expect(summary.id).toMatch(/^[0-9a-f]{64}$/);
});

test('of a batch that is refused, only those go that are to blame', async () => {
  const bench = new Bench();
  const sink = new Memory({ batch: 10 });
  sink.fault = (dispatches) =>
    dispatches.some(({ facts }) => facts.incident === 'I3')
      ? new AlertError('PENSTOCK_ALERT_REFUSED', 'no I3, please')
      : undefined;
  const outbox = bench.open({ sink });
  bench.append(...Array.from({ length: 5 }, (_, i) => opened(i + 1)));
  outbox.wake();
  await done(outbox);
  expect(sink.incidents).toEqual(['I1', 'I2', 'I4', 'I5']);
  expect(outbox.status()[0]).toMatchObject({ refused: 1, delivered: 4, failingSinceMs: null });
  expect(bench.recorded).toEqual([
    { type: 'alert.failed', actor: 'penstock', body: { sink: 'memory', seq: 3, error: 'no I3, please' } },
  ]);
});

test('since when a sink fails is told until it succeeds', async () => {
  const bench = new Bench();
  const sink = new Memory();
  sink.fault = () => new Error('down');
  const outbox = bench.open({ sink });
  bench.append(opened(1));
  outbox.wake();
  await eventually(() => expect(outbox.status()[0].failures).toBeGreaterThan(2));
  const { failingSinceMs, state, error } = outbox.status()[0];
  expect([state, error, typeof failingSinceMs]).toEqual(['failing', 'down', 'number']);
  await eventually(() => expect(outbox.status()[0].failures).toBeGreaterThan(4));
  expect(outbox.status()[0].failingSinceMs).toBe(failingSinceMs);
  sink.fault = undefined;
  await done(outbox);
  expect(outbox.status()[0]).toMatchObject({ state: 'idle', error: null, failingSinceMs: null });
});

test('what a sink that acknowledges nothing has lost is sent again, in order', async () => {
  const bench = new Bench();
  const sink = new Memory({ settleMs: 60_000 });
  const outbox = bench.open({ sink });
  bench.append(opened(1), opened(2));
  outbox.wake();
  await done(outbox);
  sink.lose(new Error('the receiver was killed'));
  await eventually(() => expect(sink.incidents).toEqual(['I1', 'I2', 'I1', 'I2']));
  expect(sink.attempts.map(([{ id }]) => id).slice(2)).toEqual(
    sink.attempts.map(([{ id }]) => id).slice(0, 2),
  );
});

test('what has settled is not sent again', async () => {
  const bench = new Bench();
  const sink = new Memory({ settleMs: 1 });
  const outbox = bench.open({ sink });
  bench.append(opened(1));
  outbox.wake();
  await done(outbox);
  await outbox.stop();
  const after = new Memory({ settleMs: 1 });
  const later = bench.open({ sink: after });
  bench.append(opened(2));
  later.wake();
  await done(later);
  after.lose(new Error('too late'));
  bench.append(opened(3));
  later.wake();
  await done(later);
  expect(new Set([...sink.incidents, ...after.incidents])).toEqual(new Set(['I1', 'I2', 'I3']));
  expect(after.incidents.filter((id) => id === 'I1').length).toBeLessThanOrEqual(1);
});

test.each([
  ['is sent again after a restart', false, ['I1', 'I2']],
  ['is not, where the receiver has read to the end', true, ['I2']],
])('what is unsure %s', async (_, hasArrived, expected) => {
  const bench = new Bench();
  const before = new Memory({ settleMs: 60_000 });
  before.hasArrived = hasArrived;
  const outbox = bench.open({ sink: before });
  bench.append(opened(1));
  outbox.wake();
  await done(outbox);
  await outbox.stop();
  bench.append(opened(2));
  const after = new Memory({ settleMs: 60_000 });
  const later = bench.open({ sink: after });
  later.wake();
  await done(later);
  expect(after.incidents).toEqual(expected);
});

test('a sink that is renamed starts with the next alert; one that comes back goes on where it was', async () => {
  const bench = new Bench();
  const outbox = bench.open({ sink: new Memory({ name: 'old' }) });
  bench.append(opened(1));
  outbox.wake();
  await done(outbox);
  await outbox.stop();
  const without = bench.open({ sink: new Memory({ name: 'new' }) });
  bench.append(opened(2));
  without.wake();
  await done(without);
  await without.stop();
  const [old, renamed] = [new Memory({ name: 'old' }), new Memory({ name: 'new' })];
  const both = bench.open({ sink: old }, { sink: renamed });
  bench.append(opened(3));
  both.wake();
  await done(both);
  expect([old.incidents, renamed.incidents]).toEqual([['I2', 'I3'], ['I3']]);
});

test('a test alert goes out at once, past what waits, the filter and the rate', async () => {
  const bench = new Bench();
  const [good, bad] = [new Memory({ name: 'good' }), new Memory({ name: 'bad' })];
  bad.fault = () => new Error('down');
  const outbox = bench.open({ sink: good, wants: () => false }, { sink: bad });
  bench.append(opened(1));
  outbox.wake();
  expect(await outbox.test(undefined, 'ana')).toEqual([
    { sink: 'good', delivered: true, tookMs: expect.any(Number), error: null },
    { sink: 'bad', delivered: false, tookMs: expect.any(Number), error: 'down' },
  ]);
  expect(good.attempts).toEqual([
    [
      expect.objectContaining({
        action: 'alert.test',
        actor: 'ana',
        entry: null,
        message: expect.stringMatching(/Test/),
      }),
    ],
  ]);
  expect(await outbox.test('good', 'ana')).toHaveLength(1);
  const [first, second] = good.attempts.flat();
  expect(first.id).not.toBe(second.id);
  await expect(outbox.test('other', 'ana')).rejects.toMatchObject({ code: 'PENSTOCK_ALERT_SINK_UNKNOWN' });
});
