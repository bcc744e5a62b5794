/** What people and programs hear: a webhook, standard error, and the stream of events. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EcsEvent } from '../../src/edges/alerts/ecs.ts';
import type { Schema } from '../../src/penstock-client/src/index.ts';
import { until } from '../network/waiting.ts';
import { denyList, policyText } from './policy-text.ts';
import { LAPTOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const PORT = 9_099;
const action = {
  detector: 'denyList',
  action: 'block',
  target: 'destination',
  ttl: '1h',
  approval: 'provisional',
  holdFor: '10m',
};

/** Receives alerts on the gateway; `answers` come first, then 200. */
class Receiver {
  readonly received: { headers: IncomingHttpHeaders; event: EcsEvent; status: number }[] = [];
  readonly #server: Server;

  constructor(answers: number[]) {
    this.#server = createServer(async (request, response) => {
      const event: EcsEvent = JSON.parse(await text(request));
      const status = answers.shift() ?? 200;
      this.received.push({ headers: request.headers, event, status });
      response.writeHead(status).end();
    });
  }

  get accepted(): EcsEvent[] {
    return this.received.filter(({ status }) => status === 200).map(({ event }) => event);
  }

  async open(): Promise<this> {
    this.#server.listen(PORT, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const resources = new AsyncDisposableStack();
let site: Site;
let receiver: Receiver;
let folder: string;

beforeAll(async () => {
  folder = resources.adopt(mkdtempSync(join(tmpdir(), 'penstock-test-')), (made) =>
    rmSync(made, { recursive: true }),
  );
  writeFileSync(join(folder, 'secret'), 'of-the-receiver\n');
  const webhook = { url: `http://127.0.0.1:${PORT}/alerts`, secretFile: 'secret' };
  const sinks = [
    { type: 'file', name: 'archive', path: 'archive.ndjson', format: 'ocsf' },
    { type: 'file', name: 'severe', path: 'severe.ndjson', minSeverity: 'critical' },
    { type: 'syslog', name: 'soc', address: `127.0.0.1:${PORT - 1}`, transport: 'tcp' },
  ];
  writeFileSync(join(folder, 'penstock.yaml'), JSON.stringify({ alerts: { webhook, sinks } }));
  const policy = policyText('alerts', { ...denyList(['198.51.100.64/28']), actions: [action] });
  site = resources.use(
    await Site.open('alerts', { policy, flags: ['--config', join(folder, 'penstock.yaml')] }),
  );
});
afterAll(() => resources.disposeAsync());

async function provoke(number: number): Promise<string> {
  const address = stranger(number, 4);
  using _talk = await Talk.attempt(site.network, {
    from: 'laptop',
    to: 'stranger',
    address,
    family: 4,
    transport: 'udp',
  });
  const fits = ({ target }: { target: object }) => JSON.stringify(target).includes(`${address}/32`);
  return (await site.decision(fits)).id;
}

/** Lines of a sink. What was on its way when the daemon was killed may come again, with the same id and content. */
function linesOf(text: string): string[] {
  return [...new Set(text.split('\n'))].filter((line) => line.startsWith('{"'));
}

/** The alerts among the lines that the daemon printed. */
function printed(): EcsEvent[] {
  return linesOf(site.daemon.output)
    .map((line): EcsEvent => JSON.parse(line))
    .filter(({ event }) => event?.dataset === 'penstock.alert');
}

function sequences(events: readonly EcsEvent[]): number[] {
  return events.map(({ event }) => event.sequence);
}

describe('a webhook', () => {
  test('that is down at first and then fails gets every alert, in order', async () => {
    const id = await provoke(64);
    await until('the alert on standard error', () =>
      printed().some(({ labels }) => JSON.stringify(labels).includes(id)),
    );
    receiver = await new Receiver([503, 500]).open();
    await until('all alerts', () => receiver.accepted.length === printed().length, { timeoutMs: 30_000 });

    const accepted = sequences(receiver.accepted);
    expect(accepted).toEqual(accepted.toSorted((x, y) => x - y));
    expect(receiver.accepted).toEqual(printed());
    const actions = receiver.accepted.map(({ event }) => event.action);
    expect(actions.slice(-2)).toEqual(['incident.opened', 'decision.proposed']);
    // What was refused came again, with the same key, before anything else.
    const [first, second, third] = receiver.received;
    expect(new Set([first, second, third].map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set([first.event.event.id]),
    );
    expect(third.headers).toMatchObject({
      authorization: 'Bearer of-the-receiver',
      'content-type': 'application/json',
    });
  });

  test('says in ECS who, where to, and what to do', () => {
    const alert = receiver.accepted.at(-1);
    expect(alert).toMatchObject({
      event: { kind: 'alert', severity: 73, type: ['info', 'denied'] },
      destination: { ip: stranger(64, 4) },
      observer: { vendor: 'Penstock' },
    });
    expect(alert?.message).toMatch(/penstock approve D1, or penstock reject D1/);
    expect(receiver.accepted.at(-2)).toMatchObject({ source: { ip: LAPTOP[4] }, rule: { name: 'known-c2' } });
  });

  test('that was down when the daemon died gets what it missed after the restart, once', async () => {
    await receiver.close();
    const id = await provoke(65);
    await until('the alert on standard error', () =>
      printed().some(({ labels }) => JSON.stringify(labels).includes(id)),
    );
    await site.daemon.stop('SIGKILL');
    const missed = printed().slice(receiver.accepted.length);
    expect(missed.length).toBeGreaterThan(0);
    const later = await new Receiver([]).open();
    resources.defer(() => later.close());
    await site.daemon.start();
    await until('the missed alerts', () => later.accepted.length >= missed.length, { timeoutMs: 30_000 });
    expect(later.accepted).toEqual(missed);
  });
});

describe('sinks beside it', () => {
  const archived = () =>
    linesOf(readFileSync(join(folder, 'archive.ndjson'), 'utf8')).map((line) => JSON.parse(line));
  const listed = () => site.daemon.cli('alerts', '--json');

  test('are each served alone: what is down for one is a line in the file of the other', async () => {
    await until('all alerts in the file', () => archived().length === printed().length);
    expect(archived().map(({ metadata }) => metadata.uid)).toEqual(printed().map(({ event }) => event.id));
    expect(archived().at(-1)).toMatchObject({ class_uid: 2004, action: 'Denied', disposition: 'Blocked' });
    const { status, stdout } = listed();
    expect(status).toBe(1);
    const items: Schema<'AlertSink'>[] = JSON.parse(stdout).items;
    expect(items.map(({ sink, state }) => [sink, state])).toEqual([
      ['journal', 'idle'],
      ['archive', 'idle'],
      ['severe', 'idle'],
      ['soc', 'failing'],
      ['webhook', 'idle'],
    ]);
    expect(items[3]).toMatchObject({
      delivered: 0,
      error: `syslog 127.0.0.1:${PORT - 1} cannot be reached: ECONNREFUSED`,
    });
  });

  test('take a test alert, which is recorded', () => {
    const { status, stdout } = site.daemon.cli('alerts', 'test', 'archive', '--json');
    const tests: Schema<'AlertSinkTest'>[] = JSON.parse(stdout).items;
    expect([status, tests]).toEqual([0, [expect.objectContaining({ sink: 'archive', delivered: true })]]);
    expect(archived().at(-1)).toMatchObject({ metadata: { event_code: 'alert.test' } });
    expect(site.daemon.cli('alerts', 'test', 'soc').status).toBe(1);
    expect(site.daemon.cli('alerts', 'test', 'nobody').status).toBe(2);
    expect(site.daemon.cli('audit', '--type', 'alert.tested').stdout).toContain('archive');
  });

  test('that are files outlive rotation', async () => {
    renameSync(join(folder, 'archive.ndjson'), join(folder, 'archive.1'));
    process.kill(site.daemon.pid, 'SIGHUP');
    await provoke(67);
    await until('the alert in the new file', () => {
      try {
        return archived().length > 0;
      } catch {
        return false;
      }
    });
  });
});

describe('the stream of events', () => {
  /** Resolves once what is written from now on will come. */
  function stream(query: string, headers: Record<string, string> = {}): Promise<Response> {
    const { url, token } = site.daemon;
    return fetch(`${url}/v1/events${query}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  }

  /** The first `count` entries; then the stream is left. */
  async function take(count: number, { body }: Response): Promise<Schema<'LedgerEntry'>[]> {
    const entries: Schema<'LedgerEntry'>[] = [];
    const events = body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) {
      entries.push(JSON.parse(data));
      if (entries.length === count) break;
    }
    return entries;
  }

  test('shows entries live, as they are in the ledger', async () => {
    const response = await stream('?type=incident.opened,decision,enforcement.applied');
    const id = await provoke(66);
    const entries = await take(3, response);
    const types = ['incident.opened', 'decision.proposed', 'enforcement.applied'];
    expect(entries.map(({ type }) => type)).toEqual(types);
    const kept = await site.entries('decision.proposed');
    expect(entries[1]).toEqual(kept.find(({ subject }) => subject === id));
  });

  test('goes on where a client stopped', async () => {
    const all = (await site.entries('decision')).map(({ seq }) => seq);
    const response = await stream('?type=decision', { 'last-event-id': String(all[0]) });
    const resumed = await take(all.length - 1, response);
    expect(resumed.map(({ seq }) => seq)).toEqual(all.slice(1));
  });

  test('reaches the command line', async () => {
    const cli = new URL('../../src/edges/cli/main.ts', import.meta.url).pathname;
    const args = [
      cli,
      '--json',
      '--state-dir',
      site.daemon.stateDir,
      'events',
      '--after',
      '0',
      '--type',
      'daemon',
    ];
    const command = site.network.start('gateway', process.execPath, args);
    let output = '';
    command.stdout?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    await until('two starts', () => output.split('\n').length > 2);
    expect(JSON.parse(output.split('\n')[0])).toMatchObject({ type: 'daemon.started' });
    const ended = once(command, 'exit');
    command.kill();
    expect(await ended).toEqual([0, null]);
  });
});
