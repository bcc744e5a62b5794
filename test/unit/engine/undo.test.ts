/** The table in undo.ts, in the whole engine on a kernel in memory. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/decision/decision.ts';
import type { Undone } from '../../../src/engine/commands.ts';
import { loadGood } from '../policy/sources.ts';
import { Bench, HOUR, LISTED, MINUTE, SPEC, VIOLATION } from './bench.ts';

const TARGET: Target = { kind: 'destination', prefix: '192.0.2.7/32' };
/** A violation is blocked only when somebody approves it within half an hour. */
const WAITING = loadGood(
  SPEC.replace(
    'target: flow, ttl: 1h, approval: none',
    'target: flow, ttl: 1h, approval: required, approvalTimeout: 30m',
  ),
);

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => {
  bench[Symbol.dispose]();
});

const undo = (id: string): Undone => bench.order('undo', { id, actor: 'printer', reason: 'wrong' });
const asked = (id: string) => bench.command('undo', { id, actor: 'printer', reason: '' });
const revision = () => bench.engine.ledger.queries.latestRevision();

function expectSettled(): void {
  expect(bench.engine.enforcer.reconcile(Date.now())).toEqual({ differences: [] });
  expect(revision()?.rulesetDigest).toBe(bench.engine.enforcer.digest);
  expect(bench.decisions('active').concat(bench.decisions('provisional'))).toEqual(
    expect.arrayContaining([...bench.engine.desk.active.values()]),
  );
}

/** What happens to D1 and what undoing that gives. Times are those since D1 was made. */
const CASES: [
  string,
  (b: Bench) => void,
  Partial<Record<keyof Undone, unknown>>,
  Map<string, number> | undefined,
][] = [
  [
    "a person's block",
    (b) => b.block(TARGET),
    { withdrawn: { id: 'D1', state: 'revoked' }, reinstated: null },
    undefined,
  ],
  [
    'a provisional block',
    (b) => b.see(LISTED),
    { withdrawn: { id: 'D1', state: 'revoked' }, reinstated: null },
    undefined,
  ],
  [
    'an approval',
    (b) => {
      b.see(LISTED);
      b.pass(5 * MINUTE);
      b.answer('approve', 'D1');
    },
    {
      withdrawn: { id: 'D1', state: 'revoked' },
      reinstated: { id: 'D2', state: 'provisional', incident: 'I1', answers: [] },
    },
    new Map([['destination4 c6336442', 10 * MINUTE]]),
  ],
  [
    'an approval, after the time in which it was to be given',
    (b) => {
      b.see(LISTED);
      b.answer('approve', 'D1');
      b.pass(20 * MINUTE);
    },
    { withdrawn: { id: 'D1', state: 'revoked' }, reinstated: null },
    undefined,
  ],
  [
    'a rejection',
    (b) => {
      b.see(LISTED);
      b.answer('reject', 'D1');
      b.pass(5 * MINUTE);
    },
    { withdrawn: null, reinstated: { id: 'D2', state: 'provisional' } },
    new Map([['destination4 c6336442', 10 * MINUTE]]),
  ],
  [
    'a revocation',
    (b) => {
      b.block(TARGET);
      b.pass(20 * MINUTE);
      b.answer('revoke', 'D1');
      b.pass(10 * MINUTE);
    },
    { withdrawn: null, reinstated: { id: 'D2', state: 'active' } },
    new Map([['destination4 c0000207', 30 * MINUTE]]),
  ],
  [
    'that nobody answered',
    (b) => {
      b.see(LISTED);
      b.pass(20 * MINUTE);
    },
    { withdrawn: null, reinstated: { id: 'D2', state: 'provisional' } },
    new Map([['destination4 c6336442', 15 * MINUTE]]),
  ],
];

describe('undoing', () => {
  it.each(CASES)('%s', (_, happens, expected, elements) => {
    happens(bench);
    const before = revision()?.number ?? 0;
    const result = undo('D1');
    expect(result).toMatchObject({ ...expected, undone: 'D1', revision: before + 1 });
    expect(bench.elements()).toEqual(elements ?? new Map());
    expect(revision()).toMatchObject({
      number: before + 1,
      actor: 'printer',
      reason: expect.stringMatching(/^undoes that D1 .*: wrong$/),
    });
    expectSettled();
  });

  it('changes nothing else', () => {
    bench.block(TARGET);
    bench.see(LISTED, VIOLATION);
    bench.answer('revoke', 'D1');
    const others = bench.elements();
    undo('D1');
    for (const [id, left] of others) expect(bench.elements().get(id)).toBe(left);
    expect(bench.elements().size).toBe(others.size + 1);
    expectSettled();
  });

  it('can be undone: the block goes again', () => {
    bench.block(TARGET);
    bench.answer('revoke', 'D1');
    const { reinstated } = undo('D1');
    expect(undo(reinstated?.id ?? '')).toMatchObject({
      withdrawn: { id: 'D2', state: 'revoked' },
      reinstated: null,
    });
    expect(bench.elements().size).toBe(0);
  });

  it('a block is no reason to block it again with the next packet', () => {
    bench.see(LISTED);
    undo('D1');
    bench.pass(2_000);
    bench.see({ ...LISTED, id: 2, from: '10.1.0.11 40002' });
    expect(bench.elements().size).toBe(0);
  });

  describe('of what waits for approval', () => {
    beforeEach(() => {
      bench.order('applyPolicy', { policy: WAITING, actor: 'laptop', reason: '' });
      bench.see(VIOLATION);
    });

    it('the question itself: it is withdrawn', () => {
      expect(undo('D1')).toMatchObject({ withdrawn: { state: 'rejected' }, reinstated: null });
      expect(bench.decisions('pending')).toEqual([]);
    });

    it('an approval: lifted, and asked again until the same moment', () => {
      const { answerByMs } = bench.decisions('pending')[0];
      bench.answer('approve', 'D1');
      expect(undo('D1')).toMatchObject({
        withdrawn: { id: 'D1', state: 'revoked' },
        reinstated: { id: 'D2', state: 'pending', answerByMs, enforcement: { status: 'none' } },
      });
      expect(bench.elements().size).toBe(0);
      expect(bench.answer('approve', 'D2').state).toBe('active');
    });

    it('a rejection: asked again', () => {
      bench.answer('reject', 'D1');
      expect(undo('D1')).toMatchObject({ withdrawn: null, reinstated: { id: 'D2', state: 'pending' } });
      expect([bench.elements().size, bench.decisions('pending').length]).toEqual([0, 1]);
    });

    it('that nobody answered: asked again, as long', () => {
      bench.pass(HOUR);
      const { reinstated } = undo('D1');
      expect(reinstated).toMatchObject({ state: 'pending', answerByMs: Date.now() + 30 * MINUTE });
      bench.pass(30 * MINUTE);
      expect(bench.decisions('lapsed').map(({ id }) => id)).toEqual(['D2', 'D1']);
    });
  });
});

describe('undoing is refused and changes nothing:', () => {
  it.each<[string, (b: Bench) => void, string, string, RegExp]>([
    ['of no decision', () => {}, 'D9', 'notFound', /no decision D9/],
    [
      'of what had all of its time',
      (b) => {
        b.block(TARGET, MINUTE);
        b.pass(MINUTE);
      },
      'D1',
      'conflict',
      /had all of its time/,
    ],
    [
      'of a revocation when the time is over',
      (b) => {
        b.block(TARGET, MINUTE);
        b.answer('revoke', 'D1');
        b.pass(MINUTE);
      },
      'D1',
      'conflict',
      /time that it had is over/,
    ],
    [
      'of a revocation when it is blocked again',
      (b) => {
        b.block(TARGET);
        b.answer('revoke', 'D1');
        b.block(TARGET);
      },
      'D1',
      'conflict',
      /D2 is about that already/,
    ],
    [
      'of a revocation of what must not be blocked any more',
      (b) => {
        b.block(TARGET);
        b.answer('revoke', 'D1');
        const policy = loadGood(`${SPEC}  neverBlock: {destinations: [192.0.2.7/32]}\n`);
        b.order('applyPolicy', { policy, actor: 'laptop', reason: '' });
      },
      'D1',
      'refused',
      /never-block/,
    ],
    [
      'twice',
      (b) => {
        b.see(LISTED);
        b.answer('reject', 'D1');
        b.order('undo', { id: 'D1', actor: 'x', reason: '' });
      },
      'D1',
      'conflict',
      /D2 is about that already/,
    ],
  ])('%s', (_, happens, id, code, message) => {
    happens(bench);
    const before = [bench.entries(), bench.elements()];
    expect(asked(id)).toMatchObject({
      ok: false,
      refusal: { code, message: expect.stringMatching(message) },
    });
    expect([bench.entries(), bench.elements()]).toEqual(before);
  });

  it('when it cannot be recorded', () => {
    bench.block(TARGET);
    bench.answer('revoke', 'D1');
    const free = bench.fillDisk();
    expect(asked('D1')).toMatchObject({ refusal: { code: 'failed' } });
    free();
    expect(bench.elements().size).toBe(0);
    expectSettled();
    undo('D1');
    expect(bench.elements().size).toBe(1);
  });
});
