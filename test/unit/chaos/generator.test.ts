/** The generator of chaos: only what the world allows, everything that it allows, and the same for the same seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStep, possibleKinds } from '../../chaos/generator.ts';
import { HARMS, type Step, type World } from '../../chaos/step.ts';
import { Draw } from '../../evaluation/injection/draw.ts';

const CALM: World = {
  modes: ['audit', 'respond'],
  decisions: [],
  revision: 1,
  trial: null,
  ledgerFault: null,
  faultySteps: 0,
  clockOffsetMs: 0,
};

const anyWorld: fc.Arbitrary<World> = fc.record({
  modes: fc.constantFrom<World['modes']>(['audit', 'respond'], ['audit', 'respond', 'enforce']),
  decisions: fc.uniqueArray(
    fc.record({
      id: fc.nat(50).map((number) => `D${number}`),
      state: fc.constantFrom('pending' as const, 'provisional' as const, 'active' as const),
    }),
    { selector: ({ id }) => id },
  ),
  revision: fc.integer({ min: 2, max: 1_000 }),
  trial: fc.option(fc.record({ revision: fc.integer({ min: 2, max: 1_000 }) })),
  ledgerFault: fc.constantFrom(null, 'full' as const, 'locked' as const),
  faultySteps: fc.nat(4),
  clockOffsetMs: fc.integer({ min: -14_400_000, max: 14_400_000 }),
});

function drawn(world: World, seed: number, count: number): Step[] {
  const draw = new Draw(seed);
  return Array.from({ length: count }, () => nextStep(world, draw));
}

/** Changes in whatever they are wrapped in. */
function changeOf(step: Step): Step {
  return step.kind === 'kill-at-step' ? step.change : step;
}

describe('nextStep', () => {
  it('gives the same steps for the same seed, and others for another', () => {
    expect(drawn(CALM, 1, 50)).toEqual(drawn(CALM, 1, 50));
    expect(drawn(CALM, 1, 50)).not.toEqual(drawn(CALM, 2, 50));
  });

  it('answers only decisions that can be answered so', () => {
    const answerable = {
      approve: ['pending', 'provisional'],
      reject: ['pending', 'provisional'],
      revoke: ['active', 'provisional'],
    };
    fc.assert(
      fc.property(anyWorld, fc.integer(), (world, seed) => {
        for (const step of drawn(world, seed, 30).map(changeOf)) {
          if (step.kind !== 'approve' && step.kind !== 'reject' && step.kind !== 'revoke') continue;
          const meant = world.decisions.find(({ id }) => id === step.id);
          expect(answerable[step.kind]).toContain(meant?.state);
        }
      }),
    );
  });

  it('rolls back to revisions that there are, and never to the trial that waits', () => {
    fc.assert(
      fc.property(anyWorld, fc.integer(), (world, seed) => {
        for (const step of drawn(world, seed, 30).map(changeOf)) {
          if (step.kind !== 'rollback') continue;
          expect(step.to).toBeGreaterThanOrEqual(1);
          expect(step.to).toBeLessThanOrEqual(world.trial ? world.trial.revision - 1 : world.revision);
        }
      }),
    );
  });

  it('takes a clock that went far back again', () => {
    fc.assert(
      fc.property(anyWorld, fc.integer(), (world, seed) => {
        for (const step of drawn({ ...world, faultySteps: 0 }, seed, 60))
          if (step.kind === 'clock')
            expect(Math.abs(world.clockOffsetMs + step.byMs)).toBeLessThanOrEqual(14_400_000);
      }),
    );
  });

  it('makes, in time, everything that is possible', () => {
    const world: World = {
      ...CALM,
      decisions: [
        { id: 'D1', state: 'pending' },
        { id: 'D2', state: 'active' },
      ],
    };
    const steps = drawn(world, 7, 3_000);
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(possibleKinds(world)));
    const harms = steps.flatMap((step) => (step.kind === 'foreign' ? [step.harm] : []));
    expect(new Set(harms)).toEqual(new Set(HARMS));
  });
});

describe('possibleKinds', () => {
  it.each([
    [
      'while a policy waits to be confirmed no other is applied',
      { trial: { revision: 3 } },
      ['apply', 'try'],
      ['confirm', 'deadline'],
    ],
    ['without one nothing is confirmed', {}, ['confirm', 'deadline'], ['apply', 'try']],
    [
      'while nothing can be recorded the daemon is not started anew',
      { ledgerFault: 'full' },
      ['kill', 'kill-at-step', 'fill-disk', 'lock-ledger', 'probe'],
      ['heal', 'block'],
    ],
    ['with a ledger that is well nothing is healed', {}, ['heal'], ['fill-disk', 'lock-ledger']],
    ['without decisions none is answered', {}, ['approve', 'reject', 'revoke'], ['block']],
  ] as const)('%s', (_what, difference, not, but) => {
    const kinds = possibleKinds({ ...CALM, ...difference });
    for (const kind of not) expect(kinds).not.toContain(kind);
    for (const kind of but) expect(kinds).toContain(kind);
  });

  it('a fault that lasts is healed after some steps', () => {
    expect(possibleKinds({ ...CALM, ledgerFault: 'locked', faultySteps: 4 })).toEqual(['heal']);
  });
});
