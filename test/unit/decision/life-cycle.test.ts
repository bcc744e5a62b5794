import { describe, expect, it } from 'vitest';
import type { Approval, Decision } from '../../../src/decision/decision.ts';
import {
  approve,
  dueAt,
  expire,
  lapse,
  propose,
  reject,
  reschedule,
  revoke,
  standsInKernel,
} from '../../../src/decision/life-cycle.ts';
import { manualProposal, type Proposal } from '../../../src/decision/proposal.ts';
import { flowTarget, hostTarget } from './fixtures.ts';

const TTL_MS = 3_600_000;
const WAIT_MS = 600_000;
const START_MS = Date.parse('2026-10-05T12:00:00Z');

function proposed(approval: Approval): Decision {
  const proposal: Proposal = {
    incident: 'I1',
    origin: { kind: 'automatic', detector: 'denyList' },
    action: 'block',
    target: flowTarget('10.1.0.10', '192.0.2.1'),
    approval,
    ttlMs: TTL_MS,
    answerWithinMs: approval === 'none' ? null : WAIT_MS,
    reason: 'because',
  };
  return propose(proposal, 'D7', START_MS);
}

const by = (atMs: number) => ({ actor: 'laptop', reason: 'looked at it', atMs: START_MS + atMs });

function done(transition: ReturnType<typeof approve>): Decision {
  if (!transition.ok) throw new Error(transition.reason);
  return transition.decision;
}

describe('proposing', () => {
  it.each<[Approval, Partial<Decision>]>([
    [
      'none',
      {
        state: 'active',
        answerByMs: null,
        expiresAtMs: START_MS + TTL_MS,
        enforcement: { status: 'pending' },
      },
    ],
    [
      'provisional',
      {
        state: 'provisional',
        answerByMs: START_MS + WAIT_MS,
        expiresAtMs: START_MS + WAIT_MS,
        enforcement: { status: 'pending' },
      },
    ],
    [
      'required',
      {
        state: 'pending',
        answerByMs: START_MS + WAIT_MS,
        expiresAtMs: null,
        enforcement: { status: 'none' },
      },
    ],
  ])('with approval %s', (approval, expected) => {
    const decision = proposed(approval);
    expect(decision).toMatchObject({
      id: 'D7',
      createdAtMs: START_MS,
      ttlMs: TTL_MS,
      answers: [],
      ...expected,
    });
    expect(decision).not.toHaveProperty('answerWithinMs');
    expect(dueAt(decision)).toBe(expected.answerByMs ?? expected.expiresAtMs);
    expect(standsInKernel(decision)).toBe(approval !== 'required');
  });

  it('by a person stands at once', () => {
    const decision = propose(
      manualProposal(hostTarget('10.1.0.10'), 1_000, 'laptop', 'it scans', { quarantine: false }),
      'D8',
      START_MS,
    );
    expect(decision).toMatchObject({
      incident: null,
      origin: { kind: 'manual', actor: 'laptop' },
      action: 'quarantine',
      state: 'active',
      expiresAtMs: START_MS + 1_000,
      reason: 'it scans',
    });
  });
});

describe('answers', () => {
  it.each<Approval>(['provisional', 'required'])('approving %s gives it its ttl from then on', (approval) => {
    const decision = done(approve(proposed(approval), by(60_000)));
    expect(decision).toMatchObject({
      state: 'active',
      answerByMs: null,
      expiresAtMs: START_MS + 60_000 + TTL_MS,
      answers: [{ verb: 'approve', actor: 'laptop', reason: 'looked at it', atMs: START_MS + 60_000 }],
      enforcement: { status: 'pending' },
    });
  });

  it.each<[string, Decision, Decision['enforcement']]>([
    ['what stands leaves the kernel', done(reject(proposed('provisional'), by(1))), { status: 'pending' }],
    ['what never stood needs nothing', done(reject(proposed('required'), by(1))), { status: 'none' }],
  ])('rejecting: %s', (_, decision, enforcement) => {
    expect(decision).toMatchObject({ state: 'rejected', answerByMs: null, enforcement });
    expect(decision.answers.map(({ verb }) => verb)).toEqual(['reject']);
    expect([dueAt(decision), standsInKernel(decision)]).toEqual([undefined, false]);
  });

  it.each<[string, Decision]>([
    ['provisional', proposed('provisional')],
    ['active', proposed('none')],
    ['approved', done(approve(proposed('required'), by(1)))],
  ])('revoking what is %s', (_, before) => {
    const decision = done(revoke(before, by(2)));
    expect(decision).toMatchObject({ state: 'revoked', enforcement: { status: 'pending' } });
    expect(decision.answers.at(-1)).toMatchObject({ verb: 'revoke', actor: 'laptop' });
  });
});

describe('time', () => {
  it.each<Approval>(['provisional', 'required'])('lapses %s when nobody answered, not before', (approval) => {
    const before = proposed(approval);
    expect(lapse(before, START_MS + WAIT_MS - 1)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('D7 cannot lapse before 2026'),
    });
    expect(done(lapse(before, START_MS + WAIT_MS))).toMatchObject({ state: 'lapsed', answers: [] });
  });

  it('expires what is active when its ttl is over, not before', () => {
    const before = proposed('none');
    expect(expire(before, START_MS + TTL_MS - 1).ok).toBe(false);
    expect(done(expire(before, START_MS + TTL_MS))).toMatchObject({ state: 'expired' });
  });
});

describe('refusals say why', () => {
  const rejected = done(reject(proposed('provisional'), by(1)));
  const active = proposed('none');

  it.each<[string, ReturnType<typeof approve>, string]>([
    [
      'approve after reject',
      approve(rejected, by(2)),
      'D7 cannot approve it: it was rejected at 2026-10-05T12:00:00.001Z by laptop',
    ],
    [
      'reject twice',
      reject(rejected, by(2)),
      'D7 cannot reject it: it was rejected at 2026-10-05T12:00:00.001Z by laptop',
    ],
    [
      'approve what needs none',
      approve(active, by(1)),
      'D7 cannot approve it: it is active and needs no answer',
    ],
    [
      'approve twice',
      approve(done(approve(proposed('required'), by(1))), by(2)),
      'D7 cannot approve it: it was approved at 2026-10-05T12:00:00.001Z by laptop',
    ],
    [
      'revoke what only waits',
      revoke(proposed('required'), by(1)),
      'D7 cannot revoke it: it is pending: nothing stands yet, reject it instead',
    ],
    [
      'approve too late',
      approve(proposed('provisional'), by(WAIT_MS)),
      'D7 cannot approve it: its time was over at 2026-10-05T12:10:00.000Z',
    ],
    [
      'revoke too late',
      revoke(active, by(TTL_MS)),
      'D7 cannot revoke it: its time was over at 2026-10-05T13:00:00.000Z',
    ],
    [
      'approve what lapsed',
      approve(done(lapse(proposed('required'), START_MS + WAIT_MS)), by(WAIT_MS)),
      'D7 cannot approve it: it lapsed because nobody answered in time',
    ],
    [
      'revoke what expired',
      revoke(done(expire(active, START_MS + TTL_MS)), by(TTL_MS)),
      'D7 cannot revoke it: it expired at 2026-10-05T13:00:00.000Z',
    ],
    [
      'expire what is provisional',
      expire(proposed('provisional'), START_MS + TTL_MS),
      'D7 cannot expire: it is provisional',
    ],
    [
      'lapse what is active',
      lapse(active, START_MS + TTL_MS),
      'D7 cannot lapse: it is active and needs no answer',
    ],
  ])('%s', (_, transition, reason) => {
    expect(transition).toEqual({ ok: false, reason });
  });
});

describe('a clock that is set', () => {
  it.each<[Approval, number]>([
    ['none', -3 * TTL_MS],
    ['provisional', -TTL_MS],
    ['required', 24 * TTL_MS],
  ])('leaves a decision with approval %s the time that it had', (approval, byMs) => {
    const before = proposed(approval);
    const after = reschedule(before, byMs);
    expect((dueAt(after) ?? 0) - (dueAt(before) ?? 0)).toBe(byMs);
    // The kernel's timeout is told from these two.
    expect((after.answerByMs ?? 0) - after.createdAtMs).toBe(
      before.answerByMs === null ? -after.createdAtMs : WAIT_MS,
    );
    expect(after).toMatchObject({ state: before.state, ttlMs: before.ttlMs });
  });
});
