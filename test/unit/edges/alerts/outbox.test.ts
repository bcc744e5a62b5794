import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Dispatch } from '../../../../src/edges/alerts/dispatch.ts';
import { type EcsEvent, ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import { Outbox } from '../../../../src/edges/alerts/outbox.ts';
import type { AlertSink } from '../../../../src/edges/alerts/sink.ts';
import { WebhookSink } from '../../../../src/edges/alerts/webhook-sink.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import type { Ledger } from '../../../../src/ledger/ledger.ts';
import { freshPath, openLedger, openReader } from '../../ledger/files.ts';
import { incident, opened } from '../../ledger/samples.ts';
import { everything, OBSERVER } from './entries.ts';
import { accept, Receiver, status } from './receiver.ts';

vi.setConfig({ testTimeout: 30_000 });

function eventually(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: 20_000, interval: 5 });
}

/** A sink that keeps what it is given. */
class Memory implements AlertSink {
  readonly name: string;
  readonly type = 'memory';
  readonly events: EcsEvent[] = [];
  failures: Error[] = [];

  constructor(name = 'memory') {
    this.name = name;
  }

  async deliver([dispatch]: readonly Dispatch[]): Promise<void> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.events.push(ecsEvent(dispatch));
  }
}

class Bench {
  readonly path = freshPath();
  readonly cursorPath = join(dirname(this.path), 'alerts.db');
  readonly recorded: EntryDraft[] = [];
  ledger: Ledger = openLedger(this.path);

  open(...sinks: AlertSink[]): Outbox {
    const outbox = new Outbox({
      cursorPath: this.cursorPath,
      ledger: openReader(this.path),
      subscriptions: everything(...sinks),
      observer: OBSERVER,
      record: (draft) => this.recorded.push(draft),
      backoff: { firstMs: 1, longestMs: 20 },
    });
    onTestFinished(() => outbox.stop(0));
    return outbox;
  }

  /** Record alerts and others between them. */
  record(from: number, to: number): void {
    for (let n = from; n <= to; n++) {
      const other: EntryDraft = {
        type: 'incident.updated',
        actor: 'penstock',
        body: { incident: incident(n) },
      };
      this.ledger.append([opened(n), other], { sync: false });
    }
  }
}

const incidentsIn = (events: EcsEvent[]) =>
  events.map(({ labels }) => (labels as { incident: string }).incident);
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `I${from + n}`);

test('a sink gets every alert in order and nothing else, across pages', async () => {
  const bench = new Bench();
  const sink = new Memory();
  const outbox = bench.open(sink);
  bench.record(1, 120);
  outbox.wake();
  await eventually(() => expect(outbox.status()[0].backlog).toBe(0));
  expect(incidentsIn(sink.events)).toEqual(ids(1, 120));
});

test('a wake-up while alerts are on their way is not lost', async () => {
  const bench = new Bench();
  const sink = new Memory();
  const outbox = bench.open(sink);
  for (let n = 1; n <= 30; n++) {
    bench.record(n, n);
    outbox.wake();
    if (n % 7 === 0) await Promise.resolve();
  }
  await eventually(() => expect(incidentsIn(sink.events)).toEqual(ids(1, 30)));
});

test('a new sink starts with the next alert, not with old ones', async () => {
  const bench = new Bench();
  bench.record(1, 3);
  const sink = new Memory();
  const outbox = bench.open(sink);
  bench.record(4, 5);
  outbox.wake();
  await eventually(() => expect(incidentsIn(sink.events)).toEqual(['I4', 'I5']));
});

test('after a restart a sink goes on where it was, also with what came meanwhile', async () => {
  const bench = new Bench();
  const before = new Memory();
  const first = bench.open(before);
  bench.record(1, 2);
  first.wake();
  await eventually(() => expect(before.events).toHaveLength(2));
  await first.stop();
  bench.record(3, 4);
  const after = new Memory();
  bench.open(after).wake();
  await eventually(() => expect(incidentsIn(after.events)).toEqual(['I3', 'I4']));
});

test('a receiver that is down for a while gets all, in order; others are not held up', async () => {
  const bench = new Bench();
  const receiver = await Receiver.start();
  const { url, port } = receiver;
  await receiver.stop();
  const other = new Memory();
  const outbox = bench.open(new WebhookSink({ url }), other);
  bench.record(1, 5);
  outbox.wake();
  await eventually(() => expect(other.events).toHaveLength(5));
  await eventually(() => expect(outbox.status()[0].failures).toBeGreaterThan(2));
  expect(outbox.status()[0]).toMatchObject({ backlog: 10, lastSuccessMs: null, error: expect.any(String) });
  const back = await Receiver.start(accept, port);
  await eventually(() => expect(outbox.status()[0]).toMatchObject({ backlog: 0, error: null }));
  expect(incidentsIn(back.events)).toEqual(ids(1, 5));
  expect(bench.recorded).toEqual([]);
});

test('an alert is tried again until taken, with the same id and content', async () => {
  const bench = new Bench();
  const receiver = await Receiver.start(status(500));
  const outbox = bench.open(new WebhookSink({ url: receiver.url }));
  bench.record(1, 1);
  outbox.wake();
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(3));
  receiver.answer = accept;
  await eventually(() => expect(outbox.status()[0].backlog).toBe(0));
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
});

test('an alert that the receiver will not have is given up, recorded, and the next one goes out', async () => {
  const bench = new Bench();
  const receiver = await Receiver.start((response, { body }) =>
    (body.includes('"I2"') ? status(400, 'no such incident') : accept)(response, {
      body,
      headers: {},
      method: '',
    }),
  );
  const outbox = bench.open(new WebhookSink({ url: receiver.url }));
  bench.record(1, 3);
  outbox.wake();
  await eventually(() => expect(outbox.status()[0]).toMatchObject({ backlog: 0, refused: 1 }));
  expect(incidentsIn(receiver.events)).toEqual(['I1', 'I2', 'I3']);
  const error = expect.stringContaining('400 no such incident');
  expect(bench.recorded).toEqual([
    { type: 'alert.failed', actor: 'penstock', body: { sink: 'webhook', seq: 3, error } },
  ]);
});

test('a fault in a sink is tried again like any failure', async () => {
  const bench = new Bench();
  const sink = new Memory();
  sink.failures = [new TypeError('a bug'), new Error('other')];
  const outbox = bench.open(sink);
  bench.record(1, 2);
  outbox.wake();
  await eventually(() => expect(incidentsIn(sink.events)).toEqual(['I1', 'I2']));
  expect(outbox.status()[0].failures).toBe(2);
});

test('stop lets the attempt under way end and does not begin another', async () => {
  const bench = new Bench();
  let release = () => {};
  const receiver = await Receiver.start((response) => {
    release = () => response.writeHead(204).end();
  });
  const outbox = bench.open(new WebhookSink({ url: receiver.url }));
  bench.record(1, 2);
  outbox.wake();
  await eventually(() => expect(receiver.received).toHaveLength(1));
  const stopped = outbox.stop(60_000);
  release();
  await stopped;
  expect(receiver.received).toHaveLength(1);
  const after = new Memory('webhook');
  bench.open(after).wake();
  await eventually(() => expect(incidentsIn(after.events)).toEqual(['I2']));
});

test('stop cuts an attempt that hangs, and its alert comes again after the restart', async () => {
  const bench = new Bench();
  const receiver = await Receiver.start(() => {});
  const outbox = bench.open(new WebhookSink({ url: receiver.url }));
  bench.record(1, 1);
  outbox.wake();
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await outbox.stop(10);
  const after = new Memory('webhook');
  bench.open(after).wake();
  await eventually(() => expect(incidentsIn(after.events)).toEqual(['I1']));
});

test('with another ledger in its place a sink starts at the head of that', async () => {
  const bench = new Bench();
  const before = new Memory();
  const first = bench.open(before);
  bench.record(1, 3);
  first.wake();
  await eventually(() => expect(before.events).toHaveLength(3));
  await first.stop();
  const other = new Bench();
  other.record(1, 9);
  const after = new Memory();
  const second = new Outbox({
    cursorPath: bench.cursorPath,
    ledger: openReader(other.path),
    subscriptions: everything(after),
    observer: OBSERVER,
    record: () => {},
  });
  onTestFinished(() => second.stop(0));
  other.record(10, 10);
  second.wake();
  await eventually(() => expect(incidentsIn(after.events)).toEqual(['I10']));
});

test('a file of cursors that is damaged is refused and named', () => {
  const bench = new Bench();
  writeFileSync(bench.cursorPath, 'rubbish '.repeat(1_000));
  expect(() => bench.open(new Memory())).toThrow(
    expect.objectContaining({
      code: 'PENSTOCK_ALERT_CURSORS_UNUSABLE',
      message: expect.stringContaining(bench.cursorPath),
    }),
  );
});
