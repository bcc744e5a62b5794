/** One YAML file: its values, and where each of them stands. */
import {
  Composer,
  type CST,
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { fieldName, type Place, type ProblemList } from './problem.ts';
import { type Objection, tokenize } from './yaml-guard.ts';

export type Path = readonly PropertyKey[];

/** Where an offset of the text is. */
interface Position {
  readonly line: number;
  readonly column: number;
}

type Parsed = Document.Parsed;

/** What the text was read into: where everything stands. */
interface Reading {
  readonly document: Parsed;
  readonly lines: LineCounter;
  /** Items of all lists and maps. */
  readonly values: number;
}

export interface SourcePlaces {
  /** Of the file. */
  readonly name: string;
  /** Items of all lists and maps, or somewhat more. */
  readonly values: number;
  /** Place of a value; of the closest thing around it where it is missing. `key`: of the key, not the value. */
  place(path: Path, key?: boolean): Place;
  /** Keep the places that were asked for, and let go of the rest, which is large. */
  letGo(): void;
}

export class YamlSource implements SourcePlaces {
  readonly name: string;
  readonly values: number;
  /** Plain values. No alias is left in the document, so nothing can expand. */
  readonly value: unknown;
  readonly #text: string;
  #reading: Reading | undefined;
  readonly #places = new Map<string, Place>();
  #pairs = new WeakMap<YAMLMap, Map<string, Pair>>();

  constructor(name: string, text: string, reading: Reading) {
    this.name = name;
    this.values = reading.values;
    this.value = reading.document.toJS({ maxAliasCount: 0 });
    this.#text = text;
    this.#reading = reading;
  }

  place(path: Path, key = false): Place {
    const id = `${key ? 'key' : 'value'}\0${path.map(String).join('\0')}`;
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const place = this.#find(path, key);
    this.#places.set(id, place);
    return place;
  }

  /** Offsets of the items of a list or the keys of a map in block style; none of what is neither. */
  startsIn(path: Path): readonly number[] {
    this.#reading ??= read(this.#text);
    const node = this.#reading.document.getIn(path, true);
    if (!isCollection(node) || node.flow === true) return [];
    return node.items.map((item) => startOf(isPair(item) ? item.key : item) ?? -1);
  }

  letGo(): void {
    this.#reading = undefined;
    this.#pairs = new WeakMap();
  }

  #find(path: Path, key: boolean): Place {
    this.#reading ??= read(this.#text);
    const { document, lines } = this.#reading;
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [i, step] of path.entries()) {
      const pair = isMap(node) ? this.#pair(node, String(step)) : undefined;
      node = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
      const wantKey = key && pair !== undefined && i === path.length - 1;
      const next = (wantKey ? undefined : startOf(node)) ?? startOf(pair?.key);
      if (next === undefined) break;
      offset = next;
    }
    return { file: this.name, ...positionOf(lines, offset), field: fieldName(path) };
  }

  #pair(map: YAMLMap, key: string): Pair | undefined {
    let index = this.#pairs.get(map);
    if (!index) {
      index = new Map();
      for (const pair of map.items) index.set(isScalar(pair.key) ? String(pair.key.value) : '', pair);
      this.#pairs.set(map, index);
    }
    return index.get(key);
  }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) && node.range ? node.range[0] : undefined;
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Parse one file; undefined when it has problems, which are then in `problems`. */
export function parseYaml(name: string, text: string, problems: ProblemList): YamlSource | undefined {
  const lines = new LineCounter();
  const { tokens, objections, values } = tokenize(text, lines.addNewLine);
  const report = (offset: number, message: string, expected: string) =>
    problems.add({ file: name, ...positionOf(lines, offset), field: '' }, message, expected);
  for (const { offset, message, expected } of objections) report(offset, message, expected);
  if (objections.length > 0) return undefined;

  const documents = compose(tokens, lines, text.length);
  const trouble = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  for (const { pos, message } of trouble) report(pos[0], message, 'valid YAML 1.2');
  const [document, second] = documents;
  if (second) report(second.range[0], 'is a second document', 'one document a file');
  const objected = documents.flatMap(({ contents }) => [...objectionsTo(contents)]);
  for (const { offset, message, expected } of objected) report(offset, message, expected);
  if (trouble.length > 0 || documents.length !== 1 || objected.length > 0 || !document) return undefined;
  return new YamlSource(name, text, { document, lines, values });
}

/** Text that was found good. */
function read(text: string): Reading {
  const lines = new LineCounter();
  const { tokens, values } = tokenize(text, lines.addNewLine);
  const [document] = compose(tokens, lines, text.length);
  return { document: document as Parsed, lines, values };
}

/** Text that was found good: its places. */
export function wholeSource(name: string, text: string): YamlSource {
  return new YamlSource(name, text, read(text));
}

function compose(tokens: Iterable<CST.Token>, lineCounter: LineCounter, length: number): Parsed[] {
  const composer = new Composer({
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    schema: 'core',
    merge: false,
  });
  return [...composer.compose(tokens, true, length)];
}

/**
 * Keys that stand twice (the library's own check takes quadratic time), and `__proto__`, which zod skips without a
 * word and so would make an ignored field. Depth is bounded by the guard.
 */
function* objectionsTo(node: unknown): Generator<Objection> {
  if (isSeq(node)) for (const item of node.items) yield* objectionsTo(item);
  if (!isMap(node)) return;
  const seen = new Set<unknown>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? key.value : undefined;
    const offset = startOf(key) ?? 0;
    if (seen.has(name)) yield { offset, message: `key '${name}' stands twice`, expected: 'each key once' };
    if (name === '__proto__') yield { offset, message: "'__proto__' is no name", expected: 'another name' };
    seen.add(name);
    yield* objectionsTo(value);
  }
}
