/** Where a command writes: for a person, or one JSON document for a program. */
import type { CommandError } from './errors.ts';
import { type Look, lookOf, shown } from './look.ts';
import { plain, plainJson } from './plain-text.ts';
import type { Surroundings } from './surroundings.ts';

export interface ScreenOptions {
  readonly json: boolean;
  /** As the person said it; else as it goes with where the text goes. */
  readonly colour?: boolean;
}

export class Screen {
  readonly json: boolean;
  readonly around: Surroundings;
  readonly colour: boolean | undefined;

  constructor(around: Surroundings, { json, colour }: ScreenOptions) {
    this.json = json;
    this.around = around;
    this.colour = colour;
  }

  get look(): Look {
    return lookOf(this.around.out, this.around, this.colour);
  }

  /** `render` gives safe text (`table`, `facts`, `plain`) for a person. */
  show<T>(value: T, render: (value: T, look: Look) => string): void {
    this.write(this.json ? plainJson(value) : render(value, this.look));
  }

  /** Safe text as it is. */
  write(text: string): void {
    this.around.out.write(`${text}\n`);
  }

  /** A word to the person beside what is shown. */
  remark(text: string): void {
    this.around.err.write(`${plain(text)}\n`);
  }

  fail(error: CommandError): void {
    const { code, message, details } = error;
    const { err } = this.around;
    if (this.json) {
      err.write(`${plainJson({ error: { code, message, details } })}\n`);
      return;
    }
    const name = shown({ text: 'penstock:', style: 'red' }, lookOf(err, this.around, this.colour));
    err.write([`${name} ${plain(message)}`, ...details.map(plain)].map((line) => `${line}\n`).join(''));
  }
}
