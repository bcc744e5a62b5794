/** Secrets stand in files of their own, never in the configuration. Read again at each use, so that they can be changed. */
import { readFileSync, statSync } from 'node:fs';
import { undelivered } from './errors.ts';

const MAX_BYTES = 64 * 1024;

export class SecretFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Without white space around it. @throws AlertError PENSTOCK_ALERT_UNDELIVERED, without anything of the content */
  read(): string {
    const text = this.#text().trim();
    if (text === '') throw undelivered(`${this.#path} is empty`);
    return text;
  }

  /** One that a header may carry. */
  readToken(): string {
    const text = this.read();
    if (!/^[\x21-\x7e]+$/.test(text))
      throw undelivered(`what ${this.#path} holds is not printable ASCII without spaces`);
    return text;
  }

  #text(): string {
    try {
      const { size } = statSync(this.#path);
      if (size > MAX_BYTES) throw new Error(`${this.#path} is larger than ${MAX_BYTES} bytes`);
      return readFileSync(this.#path, 'utf8');
    } catch (cause) {
      throw undelivered(`secret: ${(cause as Error).message}`, { cause });
    }
  }
}
