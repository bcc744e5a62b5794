/**
 * Files of a policy as they were last read, by name. A policy of 10,000 rules lies in several files, and whoever changes
 * one rule changes one of them: the others need not be parsed and checked again, which is most of what loading costs.
 *
 * Only files without a problem are kept, and only while their text is the same.
 */
import type * as z from 'zod';
import type { YamlSource } from './yaml-source.ts';

/** Characters of text, all files together. What is made of them takes about ten times as much. */
const MAX_TEXT = 4 * 2 ** 20;

interface ParsedFile {
  readonly text: string;
  readonly schema: z.ZodType;
  readonly source: YamlSource;
  readonly value: unknown;
}

export interface Checked<T extends z.ZodType> {
  readonly source: YamlSource;
  readonly value: z.output<T>;
}

export class ParsedFiles {
  /** The one used the longest ago first. */
  readonly #files = new Map<string, ParsedFile>();
  #textLength = 0;

  get<T extends z.ZodType>(name: string, text: string, schema: T): Checked<T> | undefined {
    const file = this.#files.get(name);
    if (file?.schema !== schema || file.text !== text) return undefined;
    this.#files.delete(name);
    this.#files.set(name, file);
    return { source: file.source, value: file.value as z.output<T> };
  }

  /** What it was the last time, whatever its text was then. */
  before<T extends z.ZodType>(name: string, schema: T): z.output<T> | undefined {
    const file = this.#files.get(name);
    return file?.schema === schema ? (file.value as z.output<T>) : undefined;
  }

  /** Its places, and nothing else that was read, are kept. */
  keep<T extends z.ZodType>(name: string, text: string, schema: T, { source, value }: Checked<T>): void {
    this.#drop(name);
    this.#files.set(name, { text, schema, source, value });
    this.#textLength += text.length;
    for (const oldest of this.#files.keys()) {
      if (this.#textLength <= MAX_TEXT) break;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#textLength -= this.#files.get(name)?.text.length ?? 0;
    this.#files.delete(name);
  }
}
