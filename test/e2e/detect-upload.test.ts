/** A real upload that is larger than any before, over one connection: cut while it runs, or only told of. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { detectorPolicy } from './detector-policy.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, PRINTER, SCANNER, SHOP, Site, stranger } from './site.ts';

const MB = 1_000_000;
/** Twenty seconds at that rate; counters of a standing connection are read every ten. */
const WHOLE = 200 * MB;
const RATE = '10M';
/** For who is cut off. */
const GIVE_UP = '--speed-limit 1 --speed-time 5';
/** For a transfer at that rate. */
const TRANSFER = { timeoutMs: 60_000, everyMs: 100 };
const TIMEOUT = TRANSFER.timeoutMs + 10_000;

function policy(mode: 'audit' | 'respond'): string {
  const block = { action: 'block', target: 'flow', ttl: '1h', approval: 'provisional', holdFor: '10m' };
  return detectorPolicy(mode, { volume: {} }, { mode, actions: [{ detector: 'volume', ...block }] });
}

let site: Site;
let reading: Browsing;
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('upload', { policy: policy('respond') });
  const { network } = site;
  resources.use(await OutsideWeb.open(network, 'stranger', 80, WHOLE));
  resources.use(await OutsideWeb.open(network, 'shop', 80));
  reading = resources.use(new Browsing(network, 'laptop', [`http://${SHOP[4]}/`]));
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

/** What curl was able to transfer. */
interface Transfer {
  complete: boolean;
  bytes: number;
}

/** `zeroes | curl -T -`: nothing of this size lies on a disk. */
async function upload(from: string, address: string): Promise<Transfer> {
  const script = `head -c ${WHOLE} /dev/zero | curl -s -T - --limit-rate ${RATE} ${GIVE_UP} -w '%{size_upload}' -o /dev/null "$1"`;
  return transferOf(await run(from, script, `http://${address}/upload/theft`));
}

async function download(from: string, address: string): Promise<Transfer> {
  const script = `curl -s --limit-rate ${RATE} ${GIVE_UP} -w '%{size_download}' -o /dev/null "$1"`;
  return transferOf(await run(from, script, `http://${address}/large`));
}

function run(from: string, script: string, url: string) {
  return site.network.runAsync(from, 'sh', ['-c', script, 'transfer', url], TRANSFER.timeoutMs);
}

function transferOf({ status, stdout }: { status: number; stdout: string }): Transfer {
  return { complete: status === 0, bytes: Number(stdout) };
}

async function list<T>(path: string): Promise<T[]> {
  return (await site.daemon.call('GET', path)).body.items;
}

/** An incident that acts. */
function found(host: string): Promise<Incident> {
  return until(
    `an upload of ${host}`,
    async () =>
      (await list<Incident>('/v1/incidents')).find((each) => each.host === host && each.raisedAtMs !== null),
    TRANSFER,
  );
}

describe('in respond mode', () => {
  test('an upload is cut before it ends, and all else goes on', { timeout: TIMEOUT }, async () => {
    const address = stranger(61, 4);
    const [incident, { complete, bytes }] = await Promise.all([found(LAPTOP[4]), upload('laptop', address)]);
    expect(incident).toMatchObject({
      cause: 'volume',
      severity: expect.stringMatching(/high|critical/),
      destination: address,
      services: [{ protocol: 6, port: 80 }],
    });
    expect(incident.story?.happened).toMatch(
      new RegExp(`^It sent [\\d.]+ MiB to ${address} \\(tcp/80\\) within \\d+ min and got [\\d.]+ KiB back`),
    );
    expect(incident.story?.normal).toMatch(/The host was not watched before/);
    expect(complete).toBe(false);
    expect(bytes).toBeLessThan(WHOLE);

    const block = await site.decision(({ incident: its }) => its === incident.id);
    expect(block).toMatchObject({
      state: 'provisional',
      origin: { kind: 'automatic', detector: 'volume' },
      target: { kind: 'flow', host: LAPTOP[4], destination: address, service: { protocol: 6, port: 80 } },
      enforcement: { status: 'applied' },
    } satisfies Partial<Record<keyof Decision, unknown>>);
    expect(site.daemon.nftSet('flow4')).toHaveLength(1);
    await reading.goesOn();
    expect(new Set(reading.pages)).toEqual(new Set(['200']));
  });

  test('over IPv6 too, while a download as large is no business of anybody', {
    timeout: TIMEOUT,
  }, async () => {
    const address = stranger(61, 6);
    const [incident, sent, got] = await Promise.all([
      found(PRINTER[6]),
      upload('printer', `[${address}]`),
      download('scanner', stranger(62, 4)),
    ]);
    expect(incident).toMatchObject({ cause: 'volume', destination: address });
    expect(sent.complete).toBe(false);
    expect(got).toEqual({ complete: true, bytes: WHOLE });
    expect((await list<Incident>('/v1/incidents')).map(({ host }) => host)).not.toContain(SCANNER[4]);
  });
});

test('in audit mode it is told of and comes to its end', { timeout: TIMEOUT }, async () => {
  await site.apply(policy('audit'));
  const before = (await list<Decision>('/v1/decisions')).map(({ id }) => id);
  const [incident, sent] = await Promise.all([found(SCANNER[4]), upload('scanner', stranger(63, 4))]);
  expect(incident).toMatchObject({ cause: 'volume', destination: stranger(63, 4) });
  expect(sent.complete).toBe(true);
  // curl counts the words between the chunks too.
  expect(sent.bytes).toBeGreaterThanOrEqual(WHOLE);
  expect((await list<Decision>('/v1/decisions')).map(({ id }) => id)).toEqual(before);
});
