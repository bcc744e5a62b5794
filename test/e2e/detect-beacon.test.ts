/**
 * Programs that call home by a timer: one whose controller answers, and one whose controller is gone. Both take as
 * long as it takes to be sure, so they run side by side.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { until } from '../network/waiting.ts';
import { Browsing } from './browsing.ts';
import { Caller } from './caller.ts';
import { endSoon } from './conntrack-pace.ts';
import { detectorPolicy } from './detector-policy.ts';
import { OutsideWeb } from './outside-web.ts';
import { LAPTOP, PRINTER, SHOP, Site, stranger } from './site.ts';

const CONTROLLER = stranger(61, 4);
/** Routed, but nobody is there. */
const GONE = '192.0.2.66';
const PORT = 8090;
/** A dozen calls, five seconds apart. */
const CALLS = { timeoutMs: 120_000, everyMs: 250 };
const TIMEOUT = CALLS.timeoutMs + 10_000;

/** Shorter periods than by default, so that the test is short. */
const policy = detectorPolicy(
  'beacon',
  { beacon: { minPeriod: '1s' }, failedConnections: { minSpan: '30s' } },
  {
    actions: [
      {
        detector: 'beacon',
        action: 'block',
        target: 'flow',
        ttl: '1h',
        approval: 'required',
        approvalTimeout: '10m',
      },
      { detector: 'failedConnections', action: 'alert' },
    ],
  },
);

let site: Site;
let beacon: Caller;
let orphan: Caller;
let reading: { laptop: Browsing; printer: Browsing };
const resources = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('beacon', { policy });
  const { network } = site;
  network.ip('gateway', `route add 192.0.2.0/24 via ${stranger(60, 4)}`);
  // Connections count when conntrack is done with them.
  endSoon(network);
  resources.use(await OutsideWeb.open(network, 'stranger', PORT));
  resources.use(await OutsideWeb.open(network, 'shop', 80));
  beacon = resources.use(new Caller(network, 'laptop', `http://${CONTROLLER}:${PORT}/`));
  orphan = resources.use(new Caller(network, 'printer', `http://${GONE}:${PORT}/`));
  const read = (host: string) => resources.use(new Browsing(network, host, [`http://${SHOP[4]}/`]));
  reading = { laptop: read('laptop'), printer: read('printer') };
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  resources.dispose();
});

async function incidents(): Promise<Incident[]> {
  return (await site.daemon.call('GET', '/v1/incidents')).body.items;
}

function found(host: string, cause: string): Promise<Incident> {
  return until(
    `${cause} of ${host}`,
    async () =>
      (await incidents()).find(
        (each) => each.host === host && each.cause === cause && each.raisedAtMs !== null,
      ),
    CALLS,
  );
}

describe('a beacon', () => {
  let incident: Incident;
  let waiting: Decision;

  test('is found by its timer, and told with numbers', { timeout: TIMEOUT }, async () => {
    incident = await found(LAPTOP[4], 'beacon');
    expect(incident).toMatchObject({
      severity: expect.stringMatching(/high|critical/),
      destination: CONTROLLER,
      services: [{ protocol: 6, port: PORT }],
    });
    expect(incident.story?.happened).toMatch(
      new RegExp(
        `^It connected to ${CONTROLLER} tcp/${PORT} \\d+ times in [\\d.]+ (s|min), every [\\d.]+ s \\(spread \\d+ %\\), sending \\d+ B and getting \\d+ B`,
      ),
    );
  });

  test('is not blocked before a person says so', async () => {
    waiting = await site.decision(({ incident: its }) => its === incident.id);
    expect(waiting).toMatchObject({
      state: 'pending',
      origin: { kind: 'automatic', detector: 'beacon' },
      target: {
        kind: 'flow',
        host: LAPTOP[4],
        destination: CONTROLLER,
        service: { protocol: 6, port: PORT },
      },
      enforcement: { status: 'none' },
      reason: expect.stringContaining(`It connected to ${CONTROLLER} tcp/${PORT}`),
    });
    expect(site.daemon.nftSet('flow4')).toEqual([]);
    expect(new Set(beacon.calls)).toEqual(new Set(['200']));
  });

  test('approved, its next call fails and all else goes on', async () => {
    const { status } = site.daemon.cli('approve', waiting.id, '--reason', 'nobody knows it');
    expect(status).toBe(0);
    expect(site.daemon.nftSet('flow4')).toHaveLength(1);
    await beacon.ends('000');
    await reading.laptop.goesOn();
    expect(new Set(reading.laptop.pages)).toEqual(new Set(['200']));
  });
});

test('a controller that is gone is found by the calls that fail', { timeout: TIMEOUT }, async () => {
  const incident = await found(PRINTER[4], 'failedConnections');
  expect(incident).toMatchObject({ destination: GONE, services: [{ protocol: 6, port: PORT }] });
  const [, times] =
    new RegExp(`^It tried ${GONE} tcp/${PORT} (\\d+) times in [\\d.]+ (?:s|min).*; \\d+ of them failed`).exec(
      incident.story?.happened ?? '',
    ) ?? [];
  expect(Number(times)).toBeLessThanOrEqual(16);
  expect(new Set(orphan.calls)).toEqual(new Set(['000']));
});

test('nothing else is suspected', async () => {
  const causes = (await incidents()).map(({ host, cause }) => `${host} ${cause}`);
  expect(causes.toSorted()).toEqual([`${LAPTOP[4]} beacon`, `${PRINTER[4]} failedConnections`]);
});
