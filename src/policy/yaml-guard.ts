/**
 * What YAML can do and a policy must not: checked on the token tree, before anything is composed from it. The walk
 * keeps its own stack.
 */
import { type CST, Lexer, Parser } from 'yaml';
import { MAX_PROBLEMS } from './problem.ts';

/** Levels of tokens, about two a level of lists and maps: deeper than any policy goes. */
const MAX_DEPTH = 64;

/**
 * Items of all lists and maps of one file. zod hands the issues of a list on as arguments of a call, which overflows
 * the stack past about 100,000.
 */
export const MAX_ITEMS = 50_000;

export interface Objection {
  readonly offset: number;
  readonly message: string;
  readonly expected: string;
}

export interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly objections: readonly Objection[];
  /** Items of all lists and maps, where there is no objection. */
  readonly values: number;
}

const FORBIDDEN: Readonly<Partial<Record<CST.TokenType | 'directive', readonly [string, string]>>> = {
  alias: [
    'an alias (*name) is not allowed',
    'write the value out, or give it a name as group, set or service',
  ],
  anchor: ['an anchor (&name) is not allowed', 'write the value out'],
  tag: ['a tag (!type) is not allowed', 'a plain value'],
  directive: ['a directive (%) is not allowed', 'plain YAML 1.2'],
};

/** Stops at the first thing that is too deep: the parser's own stack says so before the rest is read. */
export function tokenize(text: string, onLine: (offset: number) => void): Tokens {
  const parser = new Parser(onLine);
  const tokens: CST.Token[] = [];
  onLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH) return { tokens, objections: [tooDeep(parser.offset)], values: 0 };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, ...look(tokens) };
}

function tooDeep(offset: number): Objection {
  return { offset, message: 'is nested too deep', expected: `at most ${MAX_DEPTH} levels` };
}

/** No more than anybody would read. Order does not matter: problems are sorted by place. */
function look(tokens: readonly CST.Token[]): Omit<Tokens, 'tokens'> {
  const objections: Objection[] = [];
  const stack = tokens.slice();
  let values = 0;
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    const objection = objectionTo(token);
    if (objection) objections.push(objection);
    if ('items' in token) values += token.items.length;
    if (values > MAX_ITEMS) {
      const expected = 'several files by include; long lists as deny list files';
      const message = `holds more than ${MAX_ITEMS} values`;
      return { objections: [{ offset: token.offset, message, expected }], values };
    }
    if (objections.length > MAX_PROBLEMS) break;
    for (const child of childrenOf(token)) stack.push(child);
  }
  return { objections, values };
}

function objectionTo(token: CST.Token): Objection | undefined {
  const { type, offset } = token;
  const [message, expected] = FORBIDDEN[type as CST.TokenType] ?? [];
  if (message !== undefined && expected !== undefined) return { offset, message, expected };
  if (type !== 'scalar' || token.source !== '<<') return undefined;
  return { offset, message: 'a merge key (<<) is not allowed', expected: 'write the fields out' };
}

function* childrenOf(token: CST.Token): Generator<CST.Token> {
  if (token.type === 'document') {
    yield* token.start;
    if (token.value) yield token.value;
  }
  if (token.type === 'block-scalar') yield* token.props;
  if (!('items' in token)) return;
  for (const { start, key, sep, value } of token.items) {
    yield* start;
    if (key) yield key;
    if (sep) yield* sep;
    if (value) yield value;
  }
}
