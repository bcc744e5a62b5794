import { stripVTControlCharacters } from 'node:util';
import { shown } from './look.ts';
import type { Surroundings } from './surroundings.ts';
import { cut } from './text-width.ts';
import { localTime } from './time.ts';

/** xterm: other screen, hidden cursor; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const TO_LINE_END = '\u001b[K';
const BELOW = '\u001b[J';

const CTRL_C = '\u0003';
const QUIT = ['q', 'Q', CTRL_C, '\u0004'];

interface WatchTerminalOptions {
  readonly colours: boolean;
  readonly onQuit: () => void;
  readonly onResize: () => void;
}

/** The terminal while something is watched; as it was once disposed of. */
export class WatchTerminal implements Disposable {
  readonly #around: Surroundings;
  readonly #colours: boolean;
  readonly #undo = new DisposableStack();

  constructor(around: Surroundings, { colours, onQuit, onResize }: WatchTerminalOptions) {
    const { out, input } = around;
    this.#around = around;
    this.#colours = colours;
    out.write(ENTER);
    this.#undo.defer(() => void out.write(LEAVE));
    out.on('resize', onResize);
    this.#undo.defer(() => void out.off('resize', onResize));
    if (!input.isTTY) return;
    const onKey = (keys: Buffer | string) => {
      if ([...String(keys)].some((key) => QUIT.includes(key))) onQuit();
    };
    // Raw, so that q needs no return; then Ctrl-C is a key too.
    input.setRawMode?.(true);
    input.on('data', onKey);
    input.resume();
    this.#undo.defer(() => {
      input.off('data', onKey);
      input.setRawMode?.(false);
      input.pause();
    });
  }

  /** `lines` are safe and fit the width, but for those that cannot. */
  draw(title: string, lines: readonly string[], trouble: string): void {
    const { out, now } = this.#around;
    const { columns = 80, rows = 24 } = out;
    const room = Math.max(1, rows - 2);
    const kept =
      lines.length > room ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`] : lines;
    const head = cut(`penstock ${title}  ${localTime(now())}  q ends it`, columns);
    const second =
      trouble === '' ? '' : shown({ text: cut(trouble, columns), style: 'red' }, { colours: this.#colours });
    const all = [
      shown({ text: head, style: 'dim' }, { colours: this.#colours }),
      second,
      ...kept.map((line) => fitting(line, columns)),
    ];
    out.write(`${HOME}${all.map((line) => line + TO_LINE_END).join('\r\n')}${BELOW}`);
  }

  [Symbol.dispose](): void {
    this.#undo.dispose();
  }
}

/** A line that is too long loses its colours with its end. */
function fitting(line: string, columns: number): string {
  const text = stripVTControlCharacters(line);
  const short = cut(text, columns);
  return short === text ? line : short;
}
