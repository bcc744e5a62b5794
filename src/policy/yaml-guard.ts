/**
 * What YAML can do and a policy must not: checked on the token tree, before anything is composed from it. The walk
 * keeps its own stack, so that deep nesting cannot overflow ours.
 */
import { type CST, Parser } from 'yaml';

/** Deeper than any policy goes. */
const MAX_DEPTH = 32;

export interface Objection {
  readonly offset: number;
  readonly message: string;
  readonly expected: string;
}

export interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly objections: readonly Objection[];
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

export function tokenize(text: string, onLine: (offset: number) => void): Tokens {
  const tokens = [...new Parser(onLine).parse(text)];
  const objections: Objection[] = [];
  const stack = tokens.map((token) => ({ token, depth: 0 })).reverse();
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { token, depth } = step;
    const objection = objectionTo(token, depth);
    if (objection) objections.push(objection);
    if (depth > MAX_DEPTH) break;
    for (const child of childrenOf(token)) stack.push({ token: child, depth: depth + nests(token) });
  }
  return { tokens, objections };
}

function objectionTo(token: CST.Token, depth: number): Objection | undefined {
  if (depth > MAX_DEPTH) {
    return { offset: token.offset, message: 'is nested too deep', expected: `at most ${MAX_DEPTH} levels` };
  }
  const [message, expected] = FORBIDDEN[token.type as CST.TokenType] ?? [];
  if (message !== undefined && expected !== undefined) return { offset: token.offset, message, expected };
  if (!('source' in token)) return undefined;
  if (token.type === 'scalar' && token.source === '<<') {
    return {
      offset: token.offset,
      message: 'a merge key (<<) is not allowed',
      expected: 'write the fields out',
    };
  }
  return undefined;
}

function nests(token: CST.Token): number {
  return 'items' in token ? 1 : 0;
}

/** Children in reverse order of the text, for a stack. */
function childrenOf(token: CST.Token): CST.Token[] {
  const children: CST.Token[] = [];
  if (token.type === 'document') children.push(...token.start, ...(token.value ? [token.value] : []));
  if (token.type === 'block-scalar') children.push(...token.props);
  if ('items' in token) {
    for (const { start, key, sep, value } of token.items) {
      children.push(...start, ...(key ? [key] : []), ...(sep ?? []), ...(value ? [value] : []));
    }
  }
  return children.reverse();
}
