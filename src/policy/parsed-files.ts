/**
 * Files of a policy as they were last read, by name. Whoever changes one rule of 10,000 changes one file, and one rule
 * in it: files with the same text need not be read again, and of an edited one only what was edited.
 *
 * Only files without a problem are kept.
 */
import type * as z from 'zod';
import {
  detached,
  isCutAt,
  type KnownRules,
  knownRules,
  type PolicyFile,
  type Read,
  readEdited,
} from './edited-file.ts';
import type { ProblemList } from './problem.ts';
import { splitRules } from './rule-lines.ts';
import { addSchemaProblems } from './schema-problems.ts';
import { keepUnchanged } from './unchanged.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** Characters of text, all files together. What is made of them takes about ten times as much. */
const MAX_TEXT = 4 * 2 ** 20;

interface ParsedFile {
  readonly text: string;
  readonly schema: z.ZodType;
  readonly read: Read<PolicyFile>;
  /** Undefined where its text cannot be cut up. */
  readonly rules: KnownRules | undefined;
}

export class ParsedFiles {
  /** The one used the longest ago first. */
  readonly #files = new Map<string, ParsedFile>();
  #textLength = 0;

  /** Undefined when it has problems, which are then in `problems`. */
  read<T extends PolicyFile>(
    name: string,
    text: string,
    schema: z.ZodType<T>,
    problems: ProblemList,
  ): Read<T> | undefined {
    const found = this.#files.get(name);
    const before = found?.schema === schema ? found : undefined;
    if (before?.text === text) {
      this.#keep(name, before);
      return before.read as Read<T>;
    }
    const lines = splitRules(text);
    const edited = lines && before?.rules && readEdited(name, lines, schema, before.rules);
    const read = edited ?? readWhole(name, text, schema, problems);
    if (read === undefined) return undefined;
    const isCut = lines !== undefined && (edited !== undefined || isCutAt(read.source as YamlSource, lines));
    const value = before === undefined ? read.value : keepUnchanged(read.value, before.read.value);
    const rules = isCut ? knownRules(lines, value.spec.rules, read.source.values) : undefined;
    const kept = { source: read.source, value };
    this.#keep(name, { text, schema, read: kept, rules });
    return kept;
  }

  #keep(name: string, file: ParsedFile): void {
    this.#drop(name);
    this.#files.set(name, file);
    this.#textLength += file.text.length;
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

function readWhole<T extends PolicyFile>(
  name: string,
  text: string,
  schema: z.ZodType<T>,
  problems: ProblemList,
): Read<T, YamlSource> | undefined {
  const source = parseYaml(name, text, problems);
  if (source === undefined) return undefined;
  const checked = schema.safeParse(source.value);
  if (checked.success) return { source, value: detached(checked.data) };
  addSchemaProblems(checked.error, source, problems);
  return undefined;
}
