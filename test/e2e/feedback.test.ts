/** Incidents closed as false: a real scan that is not reported again, and what is reported all the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import type { Schema } from '../../src/penstock-client/src/index.ts';
import { until } from '../network/waiting.ts';
import { denyList, policyText } from './policy-text.ts';
import { LAPTOP, PRINTER, Site, stranger } from './site.ts';

const LISTED = stranger(79, 4);
/** Refused by all of them. */
const CLOSED = Array.from({ length: 19 }, (_, i) => stranger(60 + i, 4));
/** A refused connection counts when conntrack has let it go. */
const PATIENCE = { timeoutMs: 40_000, everyMs: 250 };

/** A scan is sure from 6 addresses on and surer from 18 on: a detector only speaks again when it is surer. */
function policy(): string {
  const whole = JSON.parse(policyText('feedback', { alsoTo: CLOSED, ...denyList([`${LISTED}/32`]) }));
  whole.spec.detectors = { scan: { minTargets: 6 } };
  return JSON.stringify(whole);
}

let site: Site;

beforeAll(async () => {
  site = await Site.open('feedback', { policy: policy() });
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** Try a port of so many addresses. */
function scan(from: string, port: number, count: number): Promise<unknown> {
  return Promise.all(CLOSED.slice(0, count).map((address) => knock(from, `TCP4:${address}:${port}`)));
}

function knock(from: string, where: string) {
  return site.network.runAsync(from, 'socat', ['-u', '/dev/null', `${where},connect-timeout=1`]);
}

function penstock(...args: string[]) {
  return site.daemon.cli(...args);
}

function json(...args: string[]) {
  const { status, stdout, stderr } = penstock('--json', ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function incidents(): Promise<Incident[]> {
  return (await site.daemon.call('GET', '/v1/incidents?limit=500')).body.items;
}

async function suppression(id: string): Promise<Schema<'CountedSuppression'>> {
  return (await site.daemon.call('GET', `/v1/suppressions/${id}`)).body;
}

function silences(id: string): Promise<unknown> {
  return until(`${id} to silence a finding`, async () => ((await suppression(id)).hits ?? 0) > 0, PATIENCE);
}

describe('a scan that is no harm', () => {
  let scanned: Incident;
  let id: string;
  const isScan = (host: string) => (each: Incident) =>
    each.cause === 'scan' && each.host === host && each.state === 'open';
  const reported = (host: string, not?: string) =>
    until(
      `a scan of ${host} to be reported`,
      async () => (await incidents()).find((each) => isScan(host)(each) && each.id !== not),
      PATIENCE,
    );

  test('is reported with its story and evidence', async () => {
    await scan('laptop', 4001, 5);
    scanned = await reported(LAPTOP[4]);
    const { status, stdout } = penstock('incidents', scanned.id);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^score +0\.\d\d$/m);
    expect(stdout).toMatch(/^happened +\S/m);
    expect(stdout).toMatch(/^1 +scan +0\.\d\d +many +- /m);
    expect(penstock('incidents').stdout).toMatch(/^ID +STATE +SEVERITY +SCORE /);
  });

  test('closed as false, it teaches one suppression for each piece of evidence', async () => {
    const closed = json('close', scanned.id, '--false', '--for', '1h', '--reason', 'the inventory');
    expect(closed).toMatchObject({ id: scanned.id, state: 'closed', note: null });
    expect(closed.suppressions).toHaveLength(closed.evidence.length);
    ({ id } = closed.suppressions[0]);
    expect(closed.suppressions[0]).toMatchObject({
      detector: 'scan',
      host: LAPTOP[4],
      destination: null,
      actor: 'admin',
      reason: 'the inventory',
    });
    expect(penstock('suppressions').stdout).toMatch(
      new RegExp(
        `^${id} +active +scan +10\\.1\\.0\\.10 as a whole +ends in .* ${scanned.id} +admin +0 +the inventory$`,
        'm',
      ),
    );
    await until('the alert', () => site.daemon.output.includes(`Undo: penstock unsuppress ${id}`));
  });

  test('goes on unreported and is counted, also after a restart; the same of another host is reported', async () => {
    await site.daemon.stop();
    await site.daemon.start();
    expect(await suppression(id)).toMatchObject({ state: 'active', hits: 0 });
    await Promise.all([scan('laptop', 4002, 8), scan('printer', 4002, 8)]);
    await silences(id);
    await reported(PRINTER[4]);
    expect((await incidents()).filter(isScan(LAPTOP[4]))).toEqual([]);
  });

  test('is reported again once the suppression is revoked', async () => {
    expect(json('unsuppress', id, '--reason', 'the inventory has moved')).toMatchObject({ state: 'revoked' });
    expect(penstock('unsuppress', id).status).toBe(1);
    expect(await suppression(id)).toMatchObject({ state: 'revoked', hits: null });
    await scan('laptop', 4003, 19);
    expect((await reported(LAPTOP[4])).id).not.toBe(scanned.id);
  });
});

describe('what the policy says', () => {
  test.each([
    {
      what: 'no rule allows',
      where: `TCP6:[${stranger(70, 6)}]:4444`,
      cause: 'policyViolation',
      says: /add a rule/,
    },
    { what: 'is on a deny list', where: `TCP4:${LISTED}:4444`, cause: 'denyList', says: /never suppressed/ },
  ])(
    '$what is closed as false, and the next connection opens another incident',
    async ({ where, cause, says }) => {
      const isIt = (each: Incident) => each.cause === cause && each.state === 'open';
      await knock('laptop', where);
      const { id } = await site.incident(isIt);
      const closed = json('close', id, '--false', '--reason', 'a test of ours');
      expect(closed).toMatchObject({
        id,
        state: 'closed',
        suppressions: [],
        note: expect.stringMatching(says),
      });
      await knock('laptop', where);
      expect((await site.incident(isIt)).id).not.toBe(id);
    },
  );
});

test('a viewer closes and revokes nothing; an operator closes, but does not suppress', async () => {
  const as = async (role: string, path: string, body: object) => {
    const { token } = json('token', 'create', `${role}-${path.split('/').at(-1)}`, '--role', role);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await site.daemon.call('POST', path, body, headers)).status;
  };
  const [scanned] = (await incidents()).filter(({ cause }) => cause === 'scan');
  const close = `/v1/incidents/${scanned.id}/close`;
  expect(await as('viewer', close, {})).toBe(403);
  expect(await as('viewer', '/v1/suppressions/S1/revoke', {})).toBe(403);
  expect(await as('operator', close, { verdict: 'false', reason: 'x' })).toBe(403);
});

test('all of it is recorded, and the ledger is sound', async () => {
  const types = (await site.entries('suppression')).map(({ type }) => type);
  expect(new Set(types)).toEqual(new Set(['suppression.created', 'suppression.revoked']));
  expect(penstock('audit', 'verify')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^sound: /) });
});
