/**
 * A file of which some rules were edited, read by those alone:
 *
 *   the text before   head | a | b | c | d | tail
 *   now               head | a | b'| c | d | tail
 *   what is parsed    head | a | b'    | d | tail       and c is what it was
 *
 * Parsed is a file of its own, by the same parser, guard and schema; whatever is wrong with it, the whole is read
 * instead and says so. That c is still what it was follows from where the parser stands at its first line, before and
 * now: at a dash of the same list, with nothing open. It does, because the items of the list start where their texts
 * do as the parser sees them, and what follows the list starts where the tail does.
 */
import type * as z from 'zod';
import { fieldName, type Place, ProblemList } from './problem.ts';
import { type RuleLines, startIn } from './rule-lines.ts';
import type { PolicyDocument, PolicyPart } from './schema/policy.ts';
import { MAX_ITEMS } from './yaml-guard.ts';
import { type Path, parseYaml, type SourcePlaces, wholeSource, type YamlSource } from './yaml-source.ts';

export type PolicyFile = PolicyDocument | PolicyPart;
type RuleText = PolicyFile['spec']['rules'][number];

/** What a file was read as. */
export interface Read<T, S extends SourcePlaces = SourcePlaces> {
  readonly source: S;
  readonly value: T;
}

/** The rules of a file that was read, by their text. */
export interface KnownRules {
  readonly indents: string;
  readonly byText: ReadonlyMap<string, RuleText>;
  /** No more values than these are in the file. */
  readonly values: number;
}

/** The guard counts the values of a whole file. Far from its limit it is enough to know that there are no more. */
const MOST_VALUES = MAX_ITEMS * 0.9;

/** `rules`: what the parser made of these lines. */
export function knownRules(lines: RuleLines, rules: readonly RuleText[], values: number): KnownRules {
  const byText = new Map(lines.items.map((item, i) => [item, rules[i]]));
  return { indents: lines.indents, byText, values };
}

/** Undefined: the whole is to be read. */
export function readEdited<T extends PolicyFile>(
  name: string,
  lines: RuleLines,
  schema: z.ZodType<T>,
  known: KnownRules,
): Read<T> | undefined {
  if (lines.indents !== known.indents) return undefined;
  const last = lines.items.length - 1;
  const kept = lines.items.map((item, i) => (i === 0 || i === last ? undefined : known.byText.get(item)));
  const part = { ...lines, items: lines.items.filter((_, i) => kept[i] === undefined) };
  if (part.items.length === lines.items.length) return undefined;
  const source = parseYaml(name, part.head + part.items.join('') + part.tail, new ProblemList());
  if (source === undefined || !isCutAt(source, part)) return undefined;
  const values = known.values + source.values;
  const checked = schema.safeParse(source.value);
  if (!checked.success || values > MOST_VALUES) return undefined;
  const data = detached(checked.data);
  const read = data.spec.rules.values();
  const rules = kept.map((rule) => rule ?? (read.next().value as RuleText));
  return {
    source: new EditedSource(lines, part, source, values),
    value: { ...data, spec: { ...data.spec, rules } },
  };
}

/** Its strings may be slices of the text, which would stay in memory for as long as one of its rules does. */
export function detached<T extends PolicyFile>(value: T): T {
  return structuredClone(value);
}

/** Whether the parser saw one rule in each text, and the end of the list before the tail. */
export function isCutAt(source: YamlSource, { head, items, tail }: RuleLines): boolean {
  const starts = source.startsIn(RULES);
  let at = head.length;
  for (const [i, item] of items.entries()) {
    if (starts[i] !== at + startIn(item)) return false;
    at += item.length;
  }
  const goesOnAt = at + tail.search(/[^ ]/);
  const isEnd = tail === '' || [[], ['spec']].some((map) => source.startsIn(map).includes(goesOnAt));
  return starts.length === items.length && isEnd;
}

const RULES: Path = ['spec', 'rules'];

/** Places in the whole text: those of rules by their lines, others by the part that was parsed. */
class EditedSource implements SourcePlaces {
  readonly name: string;
  readonly values: number;
  readonly #whole: RuleLines;
  readonly #part: YamlSource;
  /** The line after the list in the part, and how many lines more the whole has before it. */
  readonly #tailLine: number;
  readonly #more: number;
  /** By place in the list. */
  readonly #rules: readonly Place[];
  #full: YamlSource | undefined;

  constructor(whole: RuleLines, part: RuleLines, source: YamlSource, values: number) {
    this.name = source.name;
    this.values = values;
    this.#whole = whole;
    this.#part = source;
    this.#rules = placesOf(whole, source.name);
    this.#tailLine = linesIn(part.head) + linesIn(part.items.join('')) + 1;
    this.#more = linesIn(whole.items.join('')) - linesIn(part.items.join(''));
  }

  place(path: Path, key = false): Place {
    const isInRule = path.length > RULES.length && RULES.every((step, i) => path[i] === step);
    if (!isInRule) return this.#moved(this.#part.place(path, key));
    const rule = path.length === RULES.length + 1 ? this.#rules[Number(path[RULES.length])] : undefined;
    if (rule !== undefined) return rule;
    const { head, items, tail } = this.#whole;
    this.#full ??= wholeSource(this.name, head + items.join('') + tail);
    return this.#full.place(path, key);
  }

  letGo(): void {
    this.#part.letGo();
    this.#full = undefined;
  }

  #moved(place: Place): Place {
    return place.line < this.#tailLine ? place : { ...place, line: place.line + this.#more };
  }
}

function placesOf({ head, items }: RuleLines, file: string): Place[] {
  let line = linesIn(head) + 1;
  return items.map((item, i) => {
    const place = { file, line, column: startIn(item) + 1, field: fieldName([...RULES, i]) };
    line += linesIn(item);
    return place;
  });
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
