/**
 * 10,000 alerts to sinks that are down, slow, answer 500, hang and restart, while the sender itself is stopped and
 * started in between: all arrive at each, in order, none twice with different content, and a broken one holds up nobody.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SeededRandom } from '../../../../src/detection/model/seeded-random.ts';
import type { Dispatch } from '../../../../src/edges/alerts/dispatch.ts';
import { FileSink } from '../../../../src/edges/alerts/file-sink.ts';
import { HttpSink } from '../../../../src/edges/alerts/http/http-sink.ts';
import { SecuredAsk } from '../../../../src/edges/alerts/http/secured-ask.ts';
import { Outbox } from '../../../../src/edges/alerts/outbox.ts';
import type { AlertSink } from '../../../../src/edges/alerts/sink.ts';
import { StreamTransport } from '../../../../src/edges/alerts/syslog/stream-transport.ts';
import { SyslogSink } from '../../../../src/edges/alerts/syslog/syslog-sink.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { until } from '../../../network/waiting.ts';
import { freshPath, openLedger, openReader } from '../../ledger/files.ts';
import { opened } from '../../ledger/samples.ts';
import { everything, OBSERVER } from './entries.ts';
import { MisbehavingHttp, type Mischief } from './misbehaving-http.ts';
import { MisbehavingSyslog } from './misbehaving-syslog.ts';

const ALERTS = 10_000;
const PORTION = 100;
const SEED = 4_711;
/** A receiver in this very thread, on a busy machine, may take a while though nothing is wrong. */
const TIMEOUT_MS = 400;
const BUSY_MS = 60_000;

/** A good sink beside the broken ones. */
class Good implements AlertSink {
  readonly name = 'good';
  readonly type = 'memory';
  readonly batch = 50;
  readonly ids: string[] = [];

  async deliver(dispatches: readonly Dispatch[]): Promise<void> {
    this.ids.push(...dispatches.map(({ id }) => id));
  }
}

function http(name: string, url: string): HttpSink {
  const shape = { url, format: 'ecs', body: 'lines', batchSize: 50, timeout: TIMEOUT_MS } as const;
  return new HttpSink(name, shape, undefined, new SecuredAsk(() => ({})));
}

function syslog(port: number): SyslogSink {
  const endpoint = { host: '127.0.0.1', port };
  const transport = new StreamTransport({
    endpoint,
    settleMs: 60_000,
    security: undefined,
    timeoutMs: TIMEOUT_MS,
  });
  const shape = { format: 'rfc5424', facility: 'local4', enterpriseId: 32_473, maxBytes: 8_192 } as const;
  return new SyslogSink('syslog', 'syslog', shape, transport);
}

/** One of each mischief is sure to come; after that most is well. */
function mischiefs(random: SeededRandom): () => Mischief {
  const all: Mischief[] = ['refuse-500', 'hang', 'cut', 'drop', 'slow', 'refuse-429'];
  let asked = 0;
  return () => {
    asked += 1;
    if (asked % 3 === 0) return all[random.below(all.length)];
    return asked <= all.length * 3 && asked % 3 === 1 ? all[Math.floor(asked / 3) % all.length] : 'take';
  };
}

/** Each once or more, first in order, and always the same. */
function expectAll(taken: readonly string[], idOf: (line: string) => string, ids: readonly string[]): void {
  const contents = new Map<string, string>();
  for (const line of taken) {
    const id = idOf(line);
    expect(contents.get(id) ?? line).toBe(line);
    contents.set(id, line);
  }
  expect([...contents.keys()]).toEqual(ids);
}

const idInJson = (line: string) => JSON.parse(line).event.id;
const idInSyslog = (line: string) => / id="([0-9a-f]{64})"/.exec(line)?.[1] ?? 'none';

test(`${ALERTS} alerts, five broken sinks and a good one`, { timeout: 4 * BUSY_MS }, async () => {
  const random = new SeededRandom(SEED);
  const path = freshPath();
  const folder = dirname(path);
  const ledger = openLedger(path);
  const intake = new MisbehavingHttp(mischiefs(random));
  const late = new MisbehavingHttp(() => 'take');
  const receiver = new MisbehavingSyslog();
  for (const one of [intake, late, receiver]) await one.up();
  await late.down();
  const recorded: EntryDraft[] = [];
  const good = new Good();
  const files = join(folder, 'alerts');
  const filePath = join(files, 'alerts.ndjson');
  const never: AlertSink = { name: 'never', type: 'memory', deliver: () => new Promise(() => {}) };

  const open = () => {
    const file = new FileSink('file', { path: filePath, format: 'ecs', sync: false });
    const outbox = new Outbox({
      cursorPath: join(folder, 'alerts.db'),
      ledger: openReader(path),
      subscriptions: everything(
        http('intake', intake.url),
        http('late', late.url),
        syslog(receiver.port),
        file,
        never,
        good,
      ),
      observer: OBSERVER,
      record: (draft) => recorded.push(draft),
      backoff: { firstMs: 1, longestMs: 20 },
    });
    onTestFinished(() => outbox.stop(0));
    return outbox;
  };

  let outbox = open();
  for (let n = 1; n <= ALERTS; n += PORTION) {
    ledger.append(
      Array.from({ length: PORTION }, (_, i) => opened(n + i)),
      { sync: false },
    );
    outbox.wake();
    await until('the good sink', () => good.ids.length >= n + PORTION - 1, {
      everyMs: 1,
      timeoutMs: BUSY_MS,
    });
    const portion = Math.floor(n / PORTION);
    if (portion % 12 === 3) mkdirSync(files, { recursive: true });
    if (portion % 12 === 9) renameSync(files, `${files}-${String(portion).padStart(3, '0')}`);
    if (portion % 10 === 4) receiver.hang(true);
    if (portion % 10 === 6) receiver.hang(false);
    // With what it has not read.
    if (portion % 20 === 5) await receiver.kill();
    if (portion % 20 === 7) await receiver.up();
    if (portion % 20 === 11) await intake.down();
    if (portion % 20 === 13) await intake.up();
    if (portion % 40 === 30) {
      await outbox.stop(0);
      outbox = open();
      outbox.wake();
    }
  }
  expect(outbox.status().find(({ sink }) => sink === 'never')).toMatchObject({
    backlog: ALERTS,
    delivered: 0,
  });
  await late.up();
  mkdirSync(files, { recursive: true });

  const ids = good.ids;
  const backlog = () => outbox.status().filter(({ sink, backlog }) => sink !== 'never' && backlog > 0);
  await until('all to be taken', () => backlog().length === 0, { timeoutMs: 2 * BUSY_MS });
  await outbox.stop(0);
  expect(new Set(ids).size).toBe(ALERTS);
  expectAll(intake.taken, idInJson, ids);
  expectAll(late.taken, idInJson, ids);
  expectAll(receiver.taken, idInSyslog, ids);
  expect([...intake.seen.keys()].toSorted()).toEqual([
    'cut',
    'drop',
    'hang',
    'refuse-429',
    'refuse-500',
    'slow',
    'take',
  ]);
  expectAll(linesIn(folder), idInJson, ids);
  expect(recorded).toEqual([]);
});

/** Of the file in all its folders, in the order that they were there. On a busy machine one was gone before its turn. */
function linesIn(folder: string): string[] {
  const folders = readdirSync(folder).filter((name) => name.startsWith('alerts-'));
  const paths = [...folders.toSorted(), 'alerts'].map((name) => join(folder, name, 'alerts.ndjson'));
  return paths.filter(existsSync).flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1));
}
