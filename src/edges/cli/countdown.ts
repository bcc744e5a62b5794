import { plain } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';
import { cut } from './text-width.ts';
import { span } from './time.ts';

/** One line that says what is waited for and how long yet, on standard error when that is a terminal. */
export class Countdown implements Disposable {
  readonly #err: Surroundings['err'];
  readonly #what: string;

  constructor({ err }: Surroundings, what: string) {
    this.#err = err;
    this.#what = plain(what);
  }

  show(leftMs: number, more = ''): void {
    if (!this.#err.isTTY) return;
    const text = `${this.#what}, ${span(leftMs)} left${more}`;
    this.#err.write(`\r\u001b[K${cut(text, (this.#err.columns ?? 80) - 1)}`);
  }

  [Symbol.dispose](): void {
    if (this.#err.isTTY) this.#err.write('\r\u001b[K');
  }
}
