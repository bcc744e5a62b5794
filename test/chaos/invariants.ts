/**
 * What must hold after every step (see "What must always hold" in the README), read beside the daemon: the ledger's
 * file, `nft`, and packets. The daemon is given a moment to do what it has to do; what does not hold then is a violation.
 */
import { bootTimeMs } from '../../src/engine/boot-clock.ts';
import { verify } from '../../src/ledger/verification.ts';
import { until } from '../network/waiting.ts';
import { disagreements, isBeforeItsTime } from './agreement.ts';
import { type KernelView, readKernel } from './kernel-view.ts';
import { type LedgerView, stands } from './ledger-view.ts';
import type { Performer } from './performer.ts';
import { policyDisagreements } from './policy-elements.ts';
import { CLIENT, SHOP } from './scenery.ts';
import { CALM, CALM_NAME, type Stage } from './stage.ts';
import { isSingle, wantedElements } from './wanted-elements.ts';

/** To mend, to lift what is due, to take a policy back. */
const MOMENT_MS = 30_000;

export class Invariants {
  /** Single comparisons made. */
  checks = 0;
  /** Elements that were not held to their end, since the clock had been put back to before they were decided. */
  beforeTheirTime = 0;
  /** The longest that a step took until all held, ms. */
  longestMs = 0;
  /** What did not hold at first at the last check, and how long it took until it did, ms. */
  lastMended: { readonly ms: number; readonly first: readonly string[] } = { ms: 0, first: [] };
  readonly #stage: Stage;
  readonly #ledger: LedgerView;
  readonly #performer: Performer;
  /** The rules of the table, as the daemon made them at the start. */
  readonly #fixed: string;
  #told = 0;

  constructor(stage: Stage, ledger: LedgerView, performer: Performer) {
    this.#stage = stage;
    this.#ledger = ledger;
    this.#performer = performer;
    this.#fixed = readKernel().fixed;
  }

  /** @returns what does not hold, in words */
  async check(): Promise<string[]> {
    const beganMs = performance.now();
    let wrong: string[] = [];
    let first: string[] | undefined;
    const hold = () => {
      wrong = this.#wrong();
      first ??= wrong;
      return wrong.length === 0;
    };
    await until('all to hold', hold, { timeoutMs: MOMENT_MS }).catch(() => {});
    this.lastMended = { ms: Math.round(performance.now() - beganMs), first: first ?? [] };
    this.longestMs = Math.max(this.longestMs, this.lastMended.ms);
    return wrong;
  }

  #wrong(): string[] {
    const { clocks, ledgerFault, others } = this.#stage;
    this.#ledger.read();
    const before = this.#ledger.lastSeq;
    const kernel = readKernel();
    this.#ledger.read();
    if (this.#ledger.lastSeq !== before) return ['the ledger goes on'];
    this.checks += 7;
    const wanted = wantedElements(this.#ledger.standing);
    this.beforeTheirTime += [...wanted.values()].filter((each) => isBeforeItsTime(each, clocks)).length;
    return [
      ...disagreements(kernel.blocks, wanted, clocks),
      ...this.#ofPolicy(kernel),
      ...(kernel.fixed === this.#fixed ? [] : ['the table has other rules than at the start']),
      ...(kernel.foreign === others ? [] : ['a table of others was changed']),
      ...this.#fresh(),
      ...(ledgerFault ? [] : this.#settled()),
      ...this.#guarded(),
    ];
  }

  /** What the policy in force asks for, and nothing else. */
  #ofPolicy({ ofPolicy }: KernelView): string[] {
    const name = this.#ledger.policyInForce(bootTimeMs()) ?? '';
    const choice = name === CALM_NAME ? CALM : this.#performer.policies.get(name);
    return choice === undefined ? [] : policyDisagreements(ofPolicy, choice);
  }

  /** Violations of the ledger's order that were not told yet. */
  #fresh(): string[] {
    return this.#ledger.violations.slice(this.#told);
  }

  /** They stay violations, but are told once. */
  told(): void {
    this.#told = this.#ledger.violations.length;
  }

  #settled(): string[] {
    const { openIntents, states, revisions, policy } = this.#ledger;
    const last = revisions.at(-1);
    const lost = this.#performer.acknowledged.filter(({ id, state }) => !states.get(id)?.has(state));
    return [
      ...openIntents.map((each) => `no outcome is recorded: ${each}`),
      ...lost.map(({ id, state }) => `acknowledged and lost: ${id} ${state}`),
      ...(last?.policyDigest === policy?.digest
        ? []
        : ['the policy in force is not that of the last revision']),
    ];
  }

  /** No automatic block of what the policy in force protects, nor of this machine. */
  #guarded(): string[] {
    const { standing, policy } = this.#ledger;
    const spared = this.#performer.policies.get(policy?.name ?? '')?.protectedPrefixes ?? [];
    return standing.flatMap(({ id, origin, target }) => {
      if (origin.kind !== 'automatic' || target.kind === 'host') return [];
      const prefix = target.kind === 'flow' ? `${target.destination}` : target.prefix;
      return spared.some((each) => each.split('/')[0] === prefix.split('/')[0] && isSingle(each))
        ? [`protected, and blocked by ${id}: ${prefix}`]
        : [];
    });
  }

  /** The chain of hashes of the whole ledger. */
  verifyLedger(): string[] {
    this.checks += 1;
    const result = verify(this.#stage.ledgerPath);
    return result.sound ? [] : [`the ledger is not sound: ${JSON.stringify(result)}`];
  }

  /** The client reaches the shop unless somebody blocked it. */
  async probe(): Promise<string[]> {
    this.checks += 2;
    const wrong: string[] = [];
    for (const family of [4, 6] as const) {
      const agree = async () => {
        this.#ledger.read();
        const blocked = this.#isBlocked(SHOP[family]);
        const ping = ['-n', '-c', '1', '-W', '1', SHOP[family]];
        return ((await this.#stage.network.runAsync('client', 'ping', ping)).status === 0) !== blocked;
      };
      await until('a probe to be as decided', agree, { timeoutMs: 6_000 }).catch(() =>
        wrong.push(`${CLIENT[family]} to ${SHOP[family]} is not as decided`),
      );
    }
    return wrong;
  }

  #isBlocked(address: string): boolean {
    return [...this.#ledger.decisions.values()].some(
      (each) =>
        stands(each) && each.target.kind === 'destination' && each.target.prefix.split('/')[0] === address,
    );
  }
}
