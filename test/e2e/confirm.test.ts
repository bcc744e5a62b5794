/**
 * A policy applied on trial that cuts real traffic: it is taken back by itself, or confirmed by the real command; what
 * differs between revisions; one decision undone. After each step the kernel's own table has the recorded digest.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Undone } from '../../src/engine/commands.ts';
import type { RevisionDifference } from '../../src/ledger/revision-difference.ts';
import type { Schema } from '../../src/penstock-client/src/index.ts';
import { kernelDigest } from '../faults/kernel-digest.ts';
import { until } from '../network/waiting.ts';
import { policyText } from './policy-text.ts';
import { SHOP, Site, stranger } from './site.ts';
import { Talk } from './talk.ts';

const ELSEWHERE = ['198.51.100.0/24', '2001:db8:66::/64'];
/** All but the shop is dropped by the kernel. */
const GOOD = policyText('good', { mode: 'enforce', alsoTo: ELSEWHERE });
/** The mistake: the strangers are forgotten. */
const WRONG = policyText('wrong', { mode: 'enforce' });
const RENAMED = policyText('renamed', { mode: 'enforce', alsoTo: [...ELSEWHERE, '192.0.2.0/24'] });

let site: Site;
let talk: Talk;
let talk6: Talk;
let shop: Talk;
const talks = new DisposableStack();

beforeAll(async () => {
  site = await Site.open('confirm', { policy: GOOD });
  const udp = { family: 4, transport: 'udp' } as const;
  shop = talks.use(await Talk.begin(site.network, { from: 'printer', to: 'shop', address: SHOP[4], ...udp }));
  talk = talks.use(
    await Talk.begin(site.network, { from: 'laptop', to: 'stranger', address: stranger(60, 4), ...udp }),
  );
  const six = { to: 'stranger', address: stranger(60, 6), family: 6, transport: 'tcp' } as const;
  talk6 = talks.use(await Talk.begin(site.network, { from: 'laptop', ...six }));
});
afterAll(async () => {
  talks.dispose();
  await site?.[Symbol.asyncDispose]();
});

/** With a connection of its own: a command may take so long that the daemon closes an idle one. */
const ALONE = { connection: 'close' };

async function get<T>(path: string): Promise<T> {
  const { status, body } = await site.daemon.call('GET', path, undefined, ALONE);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function block(target: object, reason: string): Promise<{ id: string }> {
  const body = { target, ttlMs: 3_600_000, reason };
  return (await site.daemon.call('POST', '/v1/decisions', body, ALONE)).body;
}

async function policyName(): Promise<string> {
  return (await get<{ policy: { name: string } }>('/v1/status')).policy.name;
}

async function latest(): Promise<Schema<'TriedRevision'>> {
  return (await get<{ items: Schema<'TriedRevision'>[] }>('/v1/revisions?limit=1')).items[0];
}

/** Elements of blocks and rules in the kernel are those that the revision in force was recorded with. */
async function expectRecordedDigest(): Promise<void> {
  const { rulesetDigest } = await latest();
  expect(kernelDigest()).toBe(rulesetDigest);
}

/** Type it as a person does; `--json` where it is read. */
function cli(...args: string[]): string {
  const { status, stdout, stderr } = site.daemon.cli(...args);
  expect(status, stderr).toBe(0);
  return stdout;
}

function apply(policy: string, ...options: string[]): string {
  site.daemon.writePolicy(policy);
  return cli('apply', site.daemon.policyPath, ...options);
}

describe('a policy that cuts what it should not, applied on trial', () => {
  let good: number;

  test('is told with what to type', async () => {
    await expectRecordedDigest();
    good = (await latest()).number;
    expect(apply(WRONG, '--confirm-within', '5s', '--reason', 'tidy up')).toMatch(
      new RegExp(
        `policy 'wrong' .* is in force until .* \\(in \\ds\\), else revision ${good} stands again; confirm: penstock confirm`,
      ),
    );
    await expectRecordedDigest();
  });

  test('cuts it, and is taken back by itself: traffic goes on without anybody', async () => {
    for (const family of [4, 6] as const)
      await site.incident(({ destination }) => destination === stranger(60, family), 'what is cut');
    await until('it to be taken back', async () => (await policyName()) === 'good', { timeoutMs: 15_000 });
    for (const each of [talk, talk6]) await each.flows();
    expect(await latest()).toMatchObject({
      kind: 'rollback',
      restoredFrom: good,
      actor: 'penstock',
      reason: 'nobody confirmed it in time',
    });
    const tried = await get<Schema<'TriedRevision'>>(`/v1/revisions/${(await latest()).number - 1}`);
    expect(tried.trial).toMatchObject({ state: 'reverted', end: { cause: 'deadline', actor: 'penstock' } });
    await expectRecordedDigest();
    expect(site.daemon.output).toContain('waits to be confirmed');
    expect(site.daemon.output).toContain('is taken back by penstock');
  });

  test('is not taken from the policy file afterwards by a restart', async () => {
    expect(await site.daemon.stop()).toBe(0);
    await site.daemon.start();
    expect(await policyName()).toBe('good');
    await talk.flows();
    await expectRecordedDigest();
  });
});

describe('in the window', () => {
  let tried: number;

  test('it is shown wherever one looks, and another policy is refused, by command and by SIGHUP', async () => {
    tried = JSON.parse(apply(RENAMED, '--confirm-within', '10m', '--json')).revision;
    expect(cli('status')).toMatch(/CONFIRM +revision \d+ until .*, else revision \d+ stands again/);
    expect(cli('revisions')).toMatch(/WAITS, ends in \d+m/);
    site.daemon.writePolicy(WRONG);
    const { status, stderr } = site.daemon.cli('apply', site.daemon.policyPath);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`revision ${tried} of admin waits until .* confirm it \\(penstock confirm ${tried}\\)`),
    );
    process.kill(site.daemon.pid, 'SIGHUP');
    const refused = async () =>
      (await get<{ items: Schema<'LedgerEntry'>[] }>('/v1/audit?type=policy.refused')).items.find(
        ({ body }) => body.name === null,
      );
    expect((await until('the file to be refused', refused))?.body.problems).toEqual([
      expect.stringContaining(`revision ${tried} of admin waits`),
    ]);
    expect(await policyName()).toBe('renamed');
  });

  test('it is confirmed, by whom is recorded, and it stays', async () => {
    expect(cli('confirm', '--reason', 'shop works')).toBe(
      `revision ${tried}: policy 'renamed' is confirmed and stays\n`,
    );
    expect(await get<Schema<'TriedRevision'>>(`/v1/revisions/${tried}`)).toMatchObject({
      trial: { state: 'confirmed', end: { actor: 'admin', reason: 'shop works' } },
    });
    expect(cli('revisions')).toMatch(/by admin/);
    const again = site.daemon.cli('confirm', String(tried));
    expect(again.stderr).toContain(`revision ${tried} was confirmed by admin`);
    await talk.flows();
    await expectRecordedDigest();
  });
});

describe('between revisions', () => {
  test('what differs is told, of the policy and of decisions', async () => {
    const from = (await latest()).number;
    const target = { kind: 'destination', prefix: stranger(61, 4) };
    await block(target, 'odd');
    await expectRecordedDigest();
    const text = cli('diff', '--from', '1');
    expect(text).toMatch(/^--- revision 1, .*\n\+\+\+ revision \d+/);
    expect(text).toContain('~ name good -> renamed');
    expect(text).toContain('~ rules shop\n    + to.cidrs 192.0.2.0/24\n');
    expect(text).toMatch(/\+ D1 block anybody <-> 198\.51\.100\.61\/32, active, ends in/);
    const json: RevisionDifference = JSON.parse(
      cli('diff', '--from', String(from), '--to', String(from + 1), '--json'),
    );
    expect(json).toMatchObject({
      policy: null,
      decisions: { added: [{ id: 'D1' }], removed: [], changed: [] },
    });
    expect(cli('diff', '--from', '1', '--to', '1')).toContain('nothing differs');
    expect(site.daemon.cli('diff', '--from', '1', '--to', '99').status).toBe(2);
  });

  test('one is shown with its policy as it was written', () => {
    const text = cli('revisions', '1');
    expect(text).toMatch(/^revision +1\n/);
    expect(text).toContain(GOOD);
    expect(JSON.parse(cli('revisions', '1', '--json')).policy.files).toEqual({ 'policy.yaml': GOOD });
  });
});

test('one decision is undone alone, and the undoing as well', async () => {
  const laptop = stranger(60, 4);
  const target = { kind: 'destination', prefix: laptop };
  const { id } = await block(target, 'wrong one');
  await talk.falls();
  cli('rollback', '--decision', id, '--reason', 'it is the bank');
  await talk.flows();
  await expectRecordedDigest();
  const back: Undone = JSON.parse(cli('rollback', '--decision', id, '--json'));
  expect(back).toMatchObject({
    undone: id,
    reinstated: { state: 'active', enforcement: { status: 'applied' } },
  });
  await talk.falls();
  await expectRecordedDigest();
  cli('rollback', '--decision', back.reinstated?.id ?? '');
  await talk.flows();
  expect((await get<{ state: string }>('/v1/decisions/D1')).state).toBe('active');
  await expectRecordedDigest();
});

test('a rollback on trial is taken back as well, by a daemon that was dead at its deadline', async () => {
  const before = (await latest()).number;
  const { id } = await block({ kind: 'destination', prefix: stranger(60, 4) }, 'odd');
  await talk.falls();
  const { trial, lifted } = JSON.parse(cli('rollback', String(before), '--confirm-within', '10s', '--json'));
  expect([lifted, trial.restoreTo]).toEqual([[id], before + 1]);
  await talk.flows();
  await expectRecordedDigest();
  await site.daemon.stop('SIGKILL');
  await until('the deadline', () => Date.now() >= trial.confirmByMs, { timeoutMs: 15_000 });
  await site.daemon.start();
  await talk.falls();
  await expectRecordedDigest();
  const reverted = await get<Schema<'TriedRevision'>>(`/v1/revisions/${trial.revision}`);
  expect(reverted.trial).toMatchObject({ state: 'reverted', end: { cause: 'deadline' } });
});

test('a rollback to the first revision has the digest of the first, in the kernel as well', async () => {
  const first = await get<Schema<'TriedRevision'>>('/v1/revisions/1');
  cli('rollback', '1');
  expect((await latest()).rulesetDigest).toBe(first.rulesetDigest);
  await expectRecordedDigest();
});

test('through it all, what was always allowed lost no packet and the ledger is sound', async () => {
  await shop.endsWhole();
  expect(site.daemon.cli('audit', 'verify').status).toBe(0);
});
