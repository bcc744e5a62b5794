/** How long work goes on, on standard error, when that is a terminal. */
import { Presets, SingleBar } from 'cli-progress';
import type { Surroundings } from './surroundings.ts';

const NAMES = { read: 'reading', judge: 'judging' };

export class ProgressBar implements Disposable {
  readonly #err: Surroundings['err'];
  #bar: SingleBar | undefined;
  #phase: string | undefined;

  constructor({ err }: Surroundings) {
    this.#err = err;
  }

  readonly update = (phase: 'read' | 'judge', done: number, total: number): void => {
    if (!this.#err.isTTY || total === 0) return;
    if (phase !== this.#phase) this.#begin(phase, total);
    this.#bar?.update(Math.min(done, total));
  };

  /** Leave the terminal as it was. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#phase = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #begin(phase: 'read' | 'judge', total: number): void {
    this.end();
    this.#phase = phase;
    const format = `${NAMES[phase]} {bar} {percentage} % | {eta_formatted} left`;
    this.#bar = new SingleBar(
      { format, stream: this.#err, clearOnComplete: true, hideCursor: true, etaBuffer: 50 },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0);
  }
}
