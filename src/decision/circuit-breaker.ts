/**
 * Automatic blocks that spike are a fault until a person has looked: a bad policy, a poisoned list, an attacker who
 * makes us block. Then the breaker opens, and automation only alerts.
 *
 *                blocks within the window reach max(`blocks`, `timesUsual` times what is usual in it),
 *                or caps refuse `vetoes` different incidents within the window,
 *                or a person opens it
 *   +--------+ -------------------------------------------------------------------------> +------+
 *   | closed |                                                                            | open |
 *   +--------+ <------------------------------------------------------------------------- +------+
 *                a person closes it; what was counted is forgotten
 *
 * It never closes by itself: not by time, not by a restart, not by another policy.
 *
 * What is usual is a mean that forgets (time constant one day): with `level` counting each block and fading by
 * exp(-t / DAY), a steady r blocks a millisecond holds level = r * DAY, so a window usually has level * window / DAY.
 */
import type { BreakerSettings } from '../policy/policy.ts';
import { BlockRate } from './block-rate.ts';

const DAY_MS = 24 * 3_600_000;

export type BreakerState =
  | { readonly state: 'closed' }
  | {
      readonly state: 'open';
      /** ms since the epoch. */
      readonly sinceMs: number;
      /** `penstock`, or the name of a person's token. */
      readonly actor: string;
      /** A sentence for a person. */
      readonly reason: string;
    };

export class CircuitBreaker {
  #state: BreakerState = { state: 'closed' };
  #blocks: BlockRate;
  #withinMs: number;
  /** By incident: when a cap refused it last. */
  readonly #vetoes = new Map<string, number>();
  #level = 0;
  #levelAtMs = 0;

  /** `withinMs`: the window, ms. */
  constructor(withinMs: number) {
    this.#withinMs = withinMs;
    this.#blocks = new BlockRate(withinMs);
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Another policy may count over another time; what is usual stays known. */
  changeWindow(withinMs: number): void {
    if (withinMs === this.#withinMs) return;
    this.#withinMs = withinMs;
    this.#forget();
  }

  /** An automatic block was made. */
  block(atMs: number): void {
    this.#blocks.record(atMs);
    this.#level = this.#levelAt(atMs) + 1;
    this.#levelAtMs = Math.max(atMs, this.#levelAtMs);
  }

  /** A cap refused to act upon an incident. `most`: what is needed to open; more is not kept. */
  veto(incident: string, atMs: number, { vetoes: most }: BreakerSettings): void {
    this.#vetoes.delete(incident);
    if (this.#countVetoes(atMs) < most) this.#vetoes.set(incident, atMs);
  }

  /** Why it must open now; undefined when it need not, or is open. */
  spike({ blocks, timesUsual, vetoes, withinMs }: BreakerSettings, nowMs: number): string | undefined {
    if (this.#state.state === 'open') return undefined;
    const minutes = `${Math.round(withinMs / 60_000)} min`;
    const made = this.#blocks.count(nowMs);
    const usual = (this.#levelAt(nowMs) * withinMs) / DAY_MS;
    if (made >= Math.max(blocks, timesUsual * usual)) {
      return `${made} automatic blocks within ${minutes}, usual are ${usual.toFixed(1)}`;
    }
    const refused = this.#countVetoes(nowMs);
    return refused >= vetoes ? `caps refused to act upon ${refused} incidents within ${minutes}` : undefined;
  }

  /** @returns whether it was closed */
  open(actor: string, reason: string, atMs: number): boolean {
    if (this.#state.state === 'open') return false;
    this.#state = { state: 'open', sinceMs: atMs, actor, reason };
    return true;
  }

  /** By a person only. @returns whether it was open */
  close(): boolean {
    if (this.#state.state === 'closed') return false;
    this.#state = { state: 'closed' };
    this.#forget();
    return true;
  }

  /** What was usual is still so. */
  #forget(): void {
    this.#blocks = new BlockRate(this.#withinMs);
    this.#vetoes.clear();
  }

  /** Never falls below what it was when the clock is set back. */
  #levelAt(nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.#levelAtMs);
    return this.#level * Math.exp(-passedMs / DAY_MS);
  }

  #countVetoes(nowMs: number): number {
    for (const [incident, atMs] of this.#vetoes) {
      if (atMs > nowMs - this.#withinMs) break;
      this.#vetoes.delete(incident);
    }
    return this.#vetoes.size;
  }
}
