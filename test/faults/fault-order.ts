/** The test's end of kill-at-step.ts: orders the daemon's death, and reads which steps it reached. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The `count`th time that the step is reached. */
export type FatalStep = readonly [step: string, count: number];

const NEVER: FatalStep = ['never', 1];

export class FaultOrder {
  readonly #directory = mkdtempSync(join(tmpdir(), 'penstock-fault-'));
  readonly #path = join(this.#directory, 'order');

  /** How the daemon is started to obey. */
  get options(): { nodeFlags: string[]; environment: Record<string, string> } {
    const module = new URL('./kill-at-step.ts', import.meta.url).href;
    return { nodeFlags: [`--import=${module}`], environment: { PENSTOCK_TEST_KILL: this.#path } };
  }

  /** From now on steps are counted, and the one named is the last. */
  give([step, count]: FatalStep = NEVER): void {
    this.withdraw();
    writeFileSync(this.#path, `${step} ${count}`);
  }

  /** Steps of changes since the order was given; commits are not among them. */
  reached(): string[] {
    const path = `${this.#path}.steps`;
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((step) => step !== '' && step !== 'committing');
  }

  withdraw(): void {
    for (const path of [this.#path, `${this.#path}.steps`]) rmSync(path, { force: true });
  }

  discard(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
