/** People's lanes over a real ledger and real files: outages, restarts, refusals, a full disk. */
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Dispatch } from '../../../../../src/edges/alerts/dispatch.ts';
import { AlertError, undelivered } from '../../../../../src/edges/alerts/errors.ts';
import {
  DEFAULT_GROUPING,
  type GroupingSettings,
} from '../../../../../src/edges/alerts/grouping/grouping.ts';
import type { Message } from '../../../../../src/edges/alerts/grouping/message.ts';
import type { MessageSink } from '../../../../../src/edges/alerts/grouping/message-sink.ts';
import { GroupingStore } from '../../../../../src/edges/alerts/grouping/store.ts';
import { Outbox } from '../../../../../src/edges/alerts/outbox.ts';
import type { Subscription } from '../../../../../src/edges/alerts/sink.ts';
import type { EntryDraft } from '../../../../../src/ledger/entry.ts';
import type { Ledger } from '../../../../../src/ledger/ledger.ts';
import { freshPath, openLedger, openReader } from '../../../ledger/files.ts';
import { opened, proposed } from '../../../ledger/samples.ts';
import { OBSERVER } from '../entries.ts';

const AT_ONCE: GroupingSettings = { ...DEFAULT_GROUPING, settleMs: 0, windowMs: 0, quietMs: [] };

class Inbox implements MessageSink {
  readonly name = 'inbox';
  readonly type = 'inbox';
  readonly grouping: GroupingSettings;
  readonly messages: Message[] = [];
  failures: Error[] = [];
  attempts = 0;

  constructor(grouping: Partial<GroupingSettings> = {}) {
    this.grouping = { ...AT_ONCE, ...grouping };
  }

  async deliver(_: readonly Dispatch[]): Promise<void> {}

  async send(message: Message): Promise<void> {
    this.attempts += 1;
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.messages.push(message);
  }

  get numbers(): number[] {
    return this.messages.flatMap(({ sequences }) =>
      sequences.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n)),
    );
  }
}

class Bench {
  readonly path = freshPath();
  readonly recorded: EntryDraft[] = [];
  readonly ledger: Ledger = openLedger(this.path);

  get groupsPath(): string {
    return join(dirname(this.path), 'alert-groups.db');
  }

  open(sink: MessageSink, wants?: Subscription['wants']): Outbox {
    const outbox = new Outbox({
      cursorPath: join(dirname(this.path), 'alerts.db'),
      ledger: openReader(this.path),
      subscriptions: [{ sink, ...(wants && { wants }) }],
      observer: OBSERVER,
      record: (draft) => this.recorded.push(draft),
      backoff: { firstMs: 1, longestMs: 10 },
    });
    onTestFinished(() => outbox.stop(0));
    return outbox;
  }
}

function eventually(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: 20_000, interval: 5 });
}

test('what comes while a sink is down is told in one message a host when it is back', async () => {
  const bench = new Bench();
  const sink = new Inbox();
  const outbox = bench.open(sink);
  sink.failures = Array.from({ length: 10 }, () => undelivered('down'));
  for (let n = 1; n <= 60; n += 1) {
    bench.ledger.append([opened(n, { host: `10.1.0.${n % 2}` })], { sync: false });
    outbox.wake();
  }
  await eventually(() => expect(sink.numbers).toHaveLength(60));
  expect(sink.messages.length).toBeLessThanOrEqual(4);
  await eventually(() =>
    expect(outbox.status()[0]).toMatchObject({ state: 'idle', backlog: 0, delivered: 60 }),
  );
  expect(outbox.status()[0].failures).toBe(10);
});

test('a message that may have arrived before the end comes again as the same', async () => {
  const bench = new Bench();
  const before = new Inbox();
  const first = bench.open(before);
  // It arrives, but the answer is lost, and then the daemon ends.
  const arrived: Message[] = [];
  before.send = async (message) => {
    arrived.push(message);
    throw undelivered('no answer');
  };
  bench.ledger.append([opened(1)], { sync: false });
  first.wake();
  await eventually(() => expect(arrived.length).toBeGreaterThan(0));
  await first.stop();
  bench.ledger.append([opened(2)], { sync: false });
  const after = new Inbox();
  bench.open(after).wake();
  await eventually(() => expect(after.numbers).toEqual([1, 2]));
  expect(after.messages[0]).toEqual(arrived[0]);
});

test('what is held for quiet is held over a restart, and told once', async () => {
  const bench = new Bench();
  const before = new Inbox({ quietMs: [3_600_000] });
  const first = bench.open(before);
  bench.ledger.append([opened(1)], { sync: false });
  first.wake();
  await eventually(() => expect(before.numbers).toEqual([1]));
  bench.ledger.append([opened(2), opened(3)], { sync: false });
  first.wake();
  await eventually(() => expect(first.status()[0].backlog).toBe(0));
  await first.stop();

  const after = new Inbox({ quietMs: [3_600_000] });
  const second = bench.open(after);
  bench.ledger.append([proposed(4, { target: { kind: 'host', host: '10.1.0.10', allowTo: [] } })], {
    sync: false,
  });
  second.wake();
  await eventually(() => expect(after.messages).toHaveLength(1));
  expect(after.messages[0]).toMatchObject({ count: 3, asks: 1, sequences: [[2, 4]] });
});

test('a refused message is recorded with all its numbers, and the next one goes on', async () => {
  const bench = new Bench();
  const sink = new Inbox();
  const outbox = bench.open(sink);
  sink.failures = [new AlertError('PENSTOCK_ALERT_REFUSED', 'invalid_blocks')];
  bench.ledger.append([opened(1), opened(2)], { sync: false });
  outbox.wake();
  await eventually(() => expect(sink.attempts).toBe(1));
  bench.ledger.append([opened(3)], { sync: false });
  outbox.wake();
  await eventually(() => expect(sink.numbers).toEqual([3]));
  expect(bench.recorded).toMatchObject([
    { type: 'alert.failed', body: { sink: 'inbox', seq: 1, error: 'alerts 1-2: invalid_blocks' } },
  ]);
});

test('what the sink does not want is not in any message', async () => {
  const bench = new Bench();
  const sink = new Inbox();
  const outbox = bench.open(sink, ({ severity }) => severity === 'critical');
  bench.ledger.append([opened(1), opened(2, { severity: 'critical' })], { sync: false });
  outbox.wake();
  await eventually(() => expect(sink.numbers).toEqual([2]));
});

test('a state that cannot be kept stops no message', async () => {
  const bench = new Bench();
  const sink = new Inbox();
  const outbox = bench.open(sink);
  vi.spyOn(GroupingStore.prototype, 'set').mockImplementation(() => {
    throw new Error('disk full');
  });
  onTestFinished(() => void vi.restoreAllMocks());
  bench.ledger.append([opened(1)], { sync: false });
  outbox.wake();
  await eventually(() => expect(sink.numbers).toEqual([1]));
  expect(outbox.status()[0].error).toBe('disk full');
});

test('a sink that was away for more than a week starts with the next alert', async () => {
  const bench = new Bench();
  const first = bench.open(new Inbox());
  const old = Date.now() - 8 * 86_400_000;
  bench.ledger.append([{ ...opened(1), atMs: old }], { sync: false });
  first.wake();
  await eventually(() => expect(first.status()[0].backlog).toBe(0));
  await first.stop();
  bench.ledger.append([{ ...opened(2), atMs: old }], { sync: false });
  const sink = new Inbox();
  const second = bench.open(sink);
  bench.ledger.append([opened(3)], { sync: false });
  second.wake();
  await eventually(() => expect(sink.numbers).toEqual([3]));
});
