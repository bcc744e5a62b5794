import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProposedPolicy } from '../../../../src/ledger/proposed-policy.ts';
import type { Trial } from '../../../../src/ledger/trial.ts';
import { NOON, POLICY_TEXT, PROPOSAL, STATUS, TRIAL } from '../api/samples.ts';
import { ServedApi } from '../api/served-api.ts';
import { penstock, Running, reaching } from './penstock.ts';

/** Of a busy machine. */
const PATIENCE = { timeout: 30_000 };

let api: ServedApi;
let folder: string;
let file: string;
beforeEach(async () => {
  api = await ServedApi.start();
  folder = mkdtempSync(join(tmpdir(), 'penstock-wait-'));
  file = join(folder, 'office.yaml');
  writeFileSync(file, POLICY_TEXT);
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await api[Symbol.asyncDispose]();
});

const waiting = (...args: string[]) =>
  new Running(['apply', file, '--wait', ...args], reaching(api, 'admin'), { columns: 100, rows: 30 });

const trial = (end: Trial['end'] = null): Trial =>
  ({
    ...{ revision: 3, restoreTo: 2, policyName: 'office', policyDigest: 'e'.repeat(64), actor: 'the-admin' },
    ...{ begunAtMs: NOON, withinMs: 60_000, deadlineMs: NOON + 60_000, reason: '' },
    ...{ state: end === null ? 'waiting' : end.cause === 'confirmed' ? 'confirmed' : 'reverted', end },
  }) as unknown as Trial;
const ended = (cause: string, reason: string) =>
  trial({ cause, actor: 'the-admin', reason, atMs: NOON, revision: 4 } as unknown as Trial['end']);
const answered = (state: ProposedPolicy['state']): ProposedPolicy => ({
  ...PROPOSAL,
  ...{ state, answer: { actor: 'the-approver', reason: 'looked at it', atMs: NOON } },
});

describe('apply --confirm-within --wait', () => {
  const TRY = ['--confirm-within', '60s'];
  it('counts down, and ends with 0 once it is confirmed', async () => {
    const running = waiting(...TRY);
    await expect
      .poll(() => running.err.text, PATIENCE)
      .toContain('\r\u001b[Krevision 3 waits for penstock confirm, ');
    api.append({ type: 'trial.begun', actor: 'the-admin', body: { trial: trial() } });
    api.append({ type: 'trial.confirmed', actor: 'the-admin', body: { trial: ended('confirmed', '') } });
    const { code, out, err } = await running.done;
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/revision 3 stays: confirmed by the-admin\n$/),
    });
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });
  it('ends with 1 when it is taken back', async () => {
    const running = new Running(['apply', file, '--wait', '--json', ...TRY], reaching(api, 'admin'));
    const body = { trial: ended('expired', 'nobody confirmed it in time') };
    api.append({ type: 'trial.reverted', actor: 'penstock', body });
    const { code, out } = await running.done;
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      revision: 3,
      outcome: { stays: false, words: 'revision 3 was taken back: nobody confirmed it in time' },
    });
  });
  it('interrupted, it says that it does not know', async () => {
    const running = waiting(...TRY);
    await expect.poll(() => running.err.text, PATIENCE).toContain('left');
    running.interrupt();
    expect(await running.done).toMatchObject({
      code: 1,
      err: expect.stringContaining('not waited to the end'),
    });
  });
});

describe('apply --wait for a second person', () => {
  const propose = (changes: Partial<ProposedPolicy> = {}) =>
    api.engine.answer('applyPolicy', () => ({
      ...{ revision: 2, changed: false, trial: null },
      proposal: { ...PROPOSAL, answerByMs: Date.now() + 3_600_000, ...changes },
    }));
  it.each([
    ['approved', 0],
    ['rejected', 1],
    ['lapsed', 1],
  ] as const)('%s: %d', async (state, exit) => {
    propose();
    const running = waiting();
    await expect.poll(() => running.err.text, PATIENCE).toMatch(/P1 waits for a second person, .* left/);
    api.append({ type: `proposal.${state}`, actor: 'x', body: { proposal: answered(state) } });
    const { code, out } = await running.done;
    expect({ code, out }).toMatchObject({
      code: exit,
      out: expect.stringContaining(`P1 ${state} by the-approver: looked at it\n`),
    });
  });
  it('and then for the confirmation of what was approved', async () => {
    propose({ confirmWithinMs: 60_000 });
    api.engine.answer('status', () => ({ ...STATUS, trial: TRIAL }));
    const running = waiting();
    api.append({ type: 'proposal.approved', actor: 'x', body: { proposal: answered('approved') } });
    await expect.poll(() => running.err.text, PATIENCE).toContain('revision 3 waits for penstock confirm');
    api.append({ type: 'trial.confirmed', actor: 'x', body: { trial: ended('confirmed', '') } });
    expect((await running.done).code).toBe(0);
  });
});

it('what stays at once is not waited for, and a dry run cannot be waited for', async () => {
  expect((await waiting().done).out).toContain('revision 3 stays');
  expect((await penstock(['apply', file, '--wait', '--dry-run'], reaching(api, 'admin'))).code).toBe(2);
});
