/** Questions that nobody answers, over a real ledger. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Decision } from '../../../../src/decision/decision.ts';
import { alertOf } from '../../../../src/edges/alerts/alert.ts';
import { dispatchOf } from '../../../../src/edges/alerts/dispatch.ts';
import { dueSteps } from '../../../../src/edges/alerts/escalation.ts';
import { routed } from '../../../../src/edges/alerts/escalation-route.ts';
import { EscalationWatch } from '../../../../src/edges/alerts/escalation-watch.ts';
import { alertSettings } from '../../../../src/edges/alerts/sinks.ts';
import type { EntryDraft, EntryType, Recorded } from '../../../../src/ledger/entry.ts';
import type { ProposedPolicy } from '../../../../src/ledger/proposed-policy.ts';
import { freshPath, openLedger, openReader } from '../../ledger/files.ts';
import { decision, proposed } from '../../ledger/samples.ts';
import { entry, OBSERVER } from './entries.ts';

const MINUTE = 60_000;
const STEPS = [
  { after: 5 * MINUTE, sinks: ['oncall'] },
  { after: 10 * MINUTE, sinks: ['manager', 'oncall'] },
];
const question = { id: 'D1', what: 'it is not blocked yet', host: null, incident: 'I1' };

test('each step is due once, in its time, and none after the last moment to answer', () => {
  const asked = { ...question, askedAtMs: 0, answerByMs: 30 * MINUTE };
  const due = (nowMs: number, told: number[] = []) =>
    dueSteps(asked, STEPS, new Set(told), nowMs).map(({ step }) => step);
  expect(due(5 * MINUTE - 1)).toEqual([]);
  expect(due(5 * MINUTE)).toEqual([1]);
  expect(due(10 * MINUTE, [1])).toEqual([2]);
  expect(due(20 * MINUTE)).toEqual([1, 2]);
  expect(due(20 * MINUTE, [1, 2])).toEqual([]);
  expect(due(30 * MINUTE)).toEqual([]);
});

class Bench {
  readonly path = freshPath();
  readonly ledger = openLedger(this.path);
  readonly reader = openReader(this.path);
  readonly errors: Error[] = [];
  nowMs = 1_760_000_000_000;

  constructor() {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
  }

  record(...drafts: EntryDraft[]): void {
    this.ledger.append(
      drafts.map((draft) => ({ ...draft, atMs: this.nowMs })),
      { sync: false },
    );
  }

  watch(record = async (drafts: EntryDraft[]) => this.record(...drafts)): EscalationWatch {
    const onError = (error: Error) => void this.errors.push(error);
    const watch = new EscalationWatch({ steps: STEPS, ledger: this.reader, record, onError });
    onTestFinished(() => watch.stop());
    return watch;
  }

  async lookAfter(ms: number, watch: EscalationWatch): Promise<void> {
    this.nowMs += ms;
    vi.setSystemTime(this.nowMs);
    await watch.look();
  }

  get told(): [string, number, readonly string[]][] {
    const entries = this.reader.entries({ type: 'alert.escalated', limit: 100 });
    return entries.map(({ body }) => {
      const { waiting, step, sinks } = body as Recorded<'alert.escalated'>['body'];
      return [waiting.id, step, sinks];
    });
  }

  waiting(number: number, changes: Partial<Decision> = {}): EntryDraft {
    const answerByMs = this.nowMs + 30 * MINUTE;
    return proposed(number, { state: 'pending', createdAtMs: this.nowMs, answerByMs, ...changes });
  }
}

function answered(type: EntryType, number: number, state: Decision['state']): EntryDraft {
  return {
    type,
    actor: 'duty',
    body: { decision: decision(number, { state, answerByMs: null }) },
  } as EntryDraft;
}

test('what nobody answers is told step by step, and no more once it is answered', async () => {
  const bench = new Bench();
  const watch = bench.watch();
  bench.record(bench.waiting(1), bench.waiting(2, { state: 'provisional' }));
  await bench.lookAfter(4 * MINUTE, watch);
  expect(bench.told).toEqual([]);
  bench.record(answered('decision.approved', 2, 'active'));
  await bench.lookAfter(MINUTE, watch);
  await bench.lookAfter(MINUTE, watch);
  expect(bench.told).toEqual([['D1', 1, ['oncall']]]);
  await bench.lookAfter(5 * MINUTE, watch);
  expect(bench.told.slice(1)).toEqual([['D1', 2, ['manager', 'oncall']]]);
  await bench.lookAfter(5 * MINUTE, watch);
  expect(bench.told).toHaveLength(2);
  expect(bench.errors).toEqual([]);
});

test('a restart repeats nothing, and tells what came due meanwhile', async () => {
  const bench = new Bench();
  const before = bench.watch();
  bench.record(bench.waiting(1));
  await bench.lookAfter(6 * MINUTE, before);
  await before.stop();
  const after = bench.watch();
  await bench.lookAfter(MINUTE, after);
  expect(bench.told).toHaveLength(1);
  await bench.lookAfter(20 * MINUTE, after);
  expect(bench.told.map(([, step]) => step)).toEqual([1, 2]);
});

test('what could not be recorded is recorded later, once', async () => {
  const bench = new Bench();
  let isDown = true;
  const watch = bench.watch(async (drafts) => {
    if (isDown) throw new Error('engine stopped');
    bench.record(...drafts);
  });
  bench.record(bench.waiting(1));
  await bench.lookAfter(6 * MINUTE, watch);
  expect(bench.errors.map(({ message }) => message)).toEqual(['engine stopped']);
  isDown = false;
  await Promise.all([watch.look(), watch.look()]);
  await watch.look();
  expect(bench.told).toHaveLength(1);
});

test('what is asked anew by a rollback is counted anew', async () => {
  const bench = new Bench();
  const watch = bench.watch();
  bench.record(bench.waiting(1));
  await bench.lookAfter(6 * MINUTE, watch);
  bench.record(answered('decision.rejected', 1, 'rejected'));
  await bench.lookAfter(60 * MINUTE, watch);
  const again = bench.waiting(1, { createdAtMs: 0 });
  bench.record({ ...again, type: 'decision.reinstated', actor: 'duty' } as EntryDraft);
  await bench.lookAfter(MINUTE, watch);
  expect(bench.told).toHaveLength(1);
  await bench.lookAfter(5 * MINUTE, watch);
  expect(bench.told.map(([, step]) => step)).toEqual([1, 1]);
});

test('a proposed policy is a question too, until somebody answers or another takes its place', async () => {
  const bench = new Bench();
  const watch = bench.watch();
  const policy = (id: string, state: ProposedPolicy['state']): ProposedPolicy => ({
    ...{ id, state, kind: 'apply', policyName: 'office', policyDigest: 'p2', insteadOf: 'p1', to: null },
    ...{ confirmWithinMs: null, force: false, actor: 'ann', reason: 'new', answer: null },
    proposedAtMs: bench.nowMs,
    answerByMs: bench.nowMs + 60 * MINUTE,
  });
  const made = (id: string): EntryDraft => ({
    type: 'proposal.made',
    actor: 'ann',
    body: { proposal: policy(id, 'pending') },
  });
  bench.record(made('P1'));
  await bench.lookAfter(6 * MINUTE, watch);
  bench.record(made('P2'), {
    type: 'proposal.replaced',
    actor: 'ann',
    body: { proposal: policy('P1', 'replaced') },
  });
  await bench.lookAfter(6 * MINUTE, watch);
  bench.record({ type: 'proposal.approved', actor: 'bob', body: { proposal: policy('P2', 'approved') } });
  await bench.lookAfter(20 * MINUTE, watch);
  expect(bench.told).toEqual([
    ['P1', 1, ['oncall']],
    ['P2', 1, ['oncall']],
  ]);
});

const escalated: EntryDraft = {
  type: 'alert.escalated',
  actor: 'penstock',
  body: {
    waiting: { ...question, askedAtMs: 0, answerByMs: 1_760_000_000_000 },
    ...{ step: 1, afterMs: 5 * MINUTE, sinks: ['oncall'] },
  },
};

test('who is named gets it whatever else they want; other people do not, other machines as they like', () => {
  const dispatch = dispatchOf(entry(escalated), OBSERVER);
  if (dispatch === undefined) return expect.unreachable();
  const sink = { type: 'x', deliver: async () => {} };
  const people = { ...sink, send: async () => {}, grouping: {} };
  const wants = (name: string, kind: object, likes: boolean) =>
    routed({ sink: { name, ...kind } as never, wants: () => likes }).wants?.(dispatch);
  expect(wants('oncall', people, false)).toBe(true);
  expect(wants('office', people, true)).toBe(false);
  expect(wants('siem', sink, true)).toBe(true);
  expect(wants('siem', sink, false)).toBe(false);
});

test('it says for how long nobody has answered, what holds, and what to type', () => {
  expect(alertOf(entry(escalated))).toEqual({
    severity: 'high',
    message:
      'Nobody has answered D1 for 5m: it is not blocked yet. Told now: oncall. Answer before 2025-10-09 08:53 UTC: penstock approve D1, or penstock reject D1',
  });
});

test.each([
  [[{ after: '5m', sinks: ['nobody'] }], /there is no sink nobody that can be told/],
  [[{ after: '5m', sinks: [] }], /sinks/],
  [
    [
      { after: '5m', sinks: ['webhook'] },
      { after: '5m', sinks: ['webhook'] },
    ],
    /each step later/,
  ],
])('settings that are refused: %j', (escalation, problem) => {
  const sinks = [{ type: 'webhook', url: 'https://a.example' }];
  const parsed = alertSettings.safeParse({ sinks, escalation });
  expect(parsed.success ? '' : JSON.stringify(parsed.error.issues)).toMatch(problem);
});
