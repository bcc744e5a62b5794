/**
 * The rules of a file as text: what stands before them, one text a rule, what stands after them.
 *
 *   head   | spec:
 *          |   rules:
 *   items  |     - {id: a, from: [lan], to: {sets: [b]}, services: [c]}
 *          |     - id: d
 *          |       from: [lan]
 *          |     # and so on
 *   tail   |   denyLists:
 *
 * Where a line starts is all that is looked at. Whether YAML sees the same in it is for the parser to say
 * (edited-file.ts); texts in which a rule could reach beyond its lines are not cut up at all.
 */

export interface RuleLines {
  readonly head: string;
  /** Each with its line ends and the comments below it. At least one. */
  readonly items: readonly string[];
  readonly tail: string;
  /** Columns from 0: of the key, of the dashes. */
  readonly indents: string;
}

const FIRST = /^( +)rules: *(?:#.*)?\n(?: *(?:#.*)?\n)*?( +)(?=- )/m;
/** Block scalars, keys marked as such, and white space that only looks like indentation. */
const UNSURE = /[|>?\t\r]/;

export function splitRules(text: string): RuleLines | undefined {
  const found = FIRST.exec(text);
  if (found === null) return undefined;
  const indent = found[2].length;
  const start = found.index + found[0].length - indent;
  const starts: number[] = [];
  let end = start;
  for (; end < text.length; end = nextLine(text, end)) {
    const content = contentOf(text, end);
    if (content - end === indent && text.startsWith('- ', content)) starts.push(end);
    else if (content - end <= indent && !isEmpty(text[content])) break;
  }
  const items = starts.map((from, i) => text.slice(from, starts[i + 1] ?? end));
  if (UNSURE.test(text.slice(start, end)) || items.some((item) => isEmpty(item[startIn(item)])))
    return undefined;
  const indents = `${found[1].length} ${indent}`;
  return { head: text.slice(0, start), items, tail: text.slice(end), indents };
}

/** Where in its text a rule itself starts: after the dash. */
export function startIn(item: string): number {
  return contentOf(item, item.indexOf('-') + 1);
}

/** Offset of the first character that is no space. */
function contentOf(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

/** The end of a line, or a comment. */
function isEmpty(character: string | undefined): boolean {
  return character === undefined || character === '\n' || character === '#';
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}
