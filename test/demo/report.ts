/** What the demo tells: lines as things happen, claims that hold or do not, and a table of milliseconds at the end. */
import { styleText } from 'node:util';
import { PLAIN } from '../../src/edges/cli/look.ts';
import { table } from '../../src/edges/cli/table.ts';

/** Milliseconds since the epoch with fractions, on the clock that nobody sets. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Characters of a line that is only told. */
const WIDEST = 150;

export class Report {
  readonly #startedAt = preciseNow();
  readonly #steps: [string, string][] = [];
  readonly #broken: string[] = [];
  #claims = 0;
  #aborted = false;

  scene(title: string): void {
    this.#write(`\n${styleText('bold', title)}\n`);
  }

  say(text: string): void {
    this.#line(' ', text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 3)}...`);
  }

  /** A measured step: told now, and once more in the table. */
  step(name: string, ms: number): void {
    const text = milliseconds(ms);
    this.#steps.push([name, text]);
    this.#line(' ', `${name}: ${styleText('cyan', `${text} ms`)}`);
  }

  /** Something that must be true. */
  claim(text: string, holds: boolean): void {
    this.#claims += 1;
    if (!holds) this.#broken.push(text);
    this.#line(holds ? styleText('green', '✓') : styleText('red', '✗'), text);
  }

  /** It ends here: whatever still runs is stopped at its next line. */
  abort(reason: string): void {
    this.#broken.push(`the demo comes to its end: ${reason}`);
    this.#aborted = true;
  }

  /** `leftovers`: what cleaning up missed. @returns whether every claim held */
  finish(leftovers: readonly string[]): boolean {
    const missed = leftovers.map((name) => `cleaned up: ${name} was still there`);
    const broken = [...this.#broken, ...missed];
    const width = Math.max(...this.#steps.map(([, ms]) => ms.length));
    const rows = this.#steps.map(([name, ms]) => [name, ms.padStart(width)]);
    if (rows.length > 0) process.stdout.write(`\n${table(['step', 'milliseconds'], rows, PLAIN)}\n`);
    for (const text of broken) process.stdout.write(`\n${styleText('red', 'does not hold:')} ${text}`);
    const verdict = broken.length === 0 ? `all ${this.#claims} claims hold` : 'not all claims hold';
    process.stdout.write(`\n${styleText('bold', verdict)}; all cleaned up after ${this.#seconds(1)} s\n`);
    return broken.length === 0;
  }

  #line(mark: string, text: string): void {
    this.#write(`${styleText('dim', this.#seconds(3).padStart(8))} ${mark} ${text}\n`);
  }

  #write(text: string): void {
    if (this.#aborted) throw new Error('the demo has ended');
    process.stdout.write(text);
  }

  #seconds(digits: number): string {
    return ((preciseNow() - this.#startedAt) / 1000).toFixed(digits);
  }
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(3) : ms.toFixed(1);
}
