/** What people, traffic, time and misfortune do to an engine, for property tests. */
import fc from 'fast-check';
import type { Target } from '../../../src/decision/decision.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { type Bench, HOUR, MINUTE } from './bench.ts';

type Trial = { readonly confirmWithinMs?: number };

export type Act =
  | { do: 'enact'; target: Target; ttlMs: number }
  | { do: 'see'; to: string; port: number }
  | { do: 'approve' | 'reject' | 'revoke'; pick: number }
  | { do: 'pass'; ms: number }
  | { do: 'rollback'; pick: number; trial: Trial }
  | { do: 'apply'; policy: number; trial: Trial }
  | { do: 'confirm' }
  | { do: 'restart' };

export type Misfortune = { do: 'jump'; ms: number } | { do: 'fill' | 'fill-after-intent' | 'free' };

export interface Scene {
  readonly policies: readonly Policy[];
  readonly targets: readonly Target[];
  /** Where a host of ours connects to. */
  readonly destinations: readonly string[];
}

const pick = fc.nat(1_000);
const trial = fc.constantFrom<Trial>({}, {}, { confirmWithinMs: MINUTE });

export function acts({ policies, targets, destinations }: Scene): fc.Arbitrary<Act> {
  return fc.oneof(
    fc.record({
      do: fc.constant('enact' as const),
      target: fc.constantFrom(...targets),
      ttlMs: fc.constantFrom(MINUTE, HOUR, 5 * HOUR),
    }),
    fc.record({
      do: fc.constant('see' as const),
      to: fc.constantFrom(...destinations),
      port: fc.integer({ min: 1024, max: 65_535 }),
    }),
    fc.record({ do: fc.constantFrom('approve' as const, 'reject' as const, 'revoke' as const), pick }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, MINUTE, 20 * MINUTE, 2 * HOUR) }),
    fc.record({ do: fc.constant('rollback' as const), pick, trial }),
    fc.record({ do: fc.constant('apply' as const), policy: fc.nat(policies.length - 1), trial }),
    fc.record({ do: fc.constant('confirm' as const) }),
    fc.record({ do: fc.constant('restart' as const) }),
  );
}

export const misfortunes: fc.Arbitrary<Misfortune> = fc.oneof(
  fc.record({
    do: fc.constant('jump' as const),
    ms: fc.constantFrom(3 * HOUR, -3 * HOUR, 10 * MINUTE, -10 * MINUTE),
  }),
  fc.record({
    do: fc.constantFrom('fill' as const, 'fill-after-intent' as const, 'free' as const, 'free' as const),
  }),
);

/** Refusals are part of the game: they change nothing. @throws LedgerError when the disk is full */
export async function perform(bench: Bench, act: Act, policies: readonly Policy[]): Promise<void> {
  const actor = 'laptop';
  const reason = 'a test';
  switch (act.do) {
    case 'enact':
      bench.command('enact', { target: act.target, ttlMs: act.ttlMs, actor, reason });
      break;
    case 'see':
      bench.see({ to: `${act.to} 443`, from: `10.1.0.10 ${act.port}`, id: act.port });
      break;
    case 'pass':
      bench.pass(act.ms);
      break;
    case 'rollback':
      bench.command('rollback', {
        to: 1 + (act.pick % bench.engine.journal.lastRevision),
        ...{ actor, reason },
        ...act.trial,
      });
      break;
    case 'apply':
      bench.command('applyPolicy', { policy: policies[act.policy], actor, reason, ...act.trial });
      break;
    case 'confirm':
      bench.command('confirm', { actor, reason });
      break;
    case 'restart':
      await bench.restart();
      break;
    default: {
      const decisions = bench.engine.ledger.queries.decisions({ limit: 1_000 });
      const id = decisions[act.pick % Math.max(1, decisions.length)]?.id ?? 'D1';
      bench.command(act.do, { id, actor, reason });
    }
  }
}

/** The disk of a bench: what fills it, and what frees it again. */
export class Disk {
  readonly #bench: Bench;
  #free: (() => void) | undefined;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  get isWell(): boolean {
    return this.#free === undefined;
  }

  fill(afterIntent: boolean): void {
    this.#free ??= afterIntent ? this.#bench.failAfterIntent() : this.#bench.fillDisk();
  }

  free(): void {
    this.#free?.();
    // Also what has not failed yet.
    this.#bench.remember();
    this.#free = undefined;
  }
}
