/** Where a command writes: for a person, or one JSON document for a program. */
import type { CommandError } from './errors.ts';
import { plain, plainJson } from './plain-text.ts';

export class Screen {
  readonly json: boolean;

  constructor({ json }: { json: boolean }) {
    this.json = json;
  }

  /** Columns of the terminal; undefined when the output goes elsewhere. */
  get width(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  }

  /** `render` gives safe text (`table`, `facts`, `plain`) for a person. */
  show<T>(value: T, render: (value: T) => string): void {
    process.stdout.write(`${this.json ? plainJson(value) : render(value)}\n`);
  }

  /** A word to the person beside what is shown. */
  remark(text: string): void {
    process.stderr.write(`${plain(text)}\n`);
  }

  fail(error: CommandError): void {
    const { code, message, details } = error;
    if (this.json) process.stderr.write(`${plainJson({ error: { code, message, details } })}\n`);
    else
      process.stderr.write(
        [`penstock: ${plain(message)}`, ...details.map(plain)].map((line) => `${line}\n`).join(''),
      );
  }
}
