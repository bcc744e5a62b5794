/**
 * The addresses of a STIX pattern, where one of them alone is enough for the pattern to match:
 *
 *   pattern      = observation { OR observation }
 *   observation  = "[" alternatives "]"  |  "(" pattern ")"
 *   alternatives = alternative { OR alternative }
 *   alternative  = comparison  |  "(" alternatives ")"
 *   comparison   = path ( "=" | "ISSUBSET" ) string  |  path "IN" "(" string { "," string } ")"
 *
 * With AND, FOLLOWEDBY, NOT or a qualifier (WITHIN, REPEATS, START) an address is only part of the evidence: such a
 * pattern gives nothing. A comparison of something else, such as a name, is passed over among alternatives.
 * Source: STIX 2.1, section 9 (Patterning).
 */

export interface PatternAddresses {
  /** As written: addresses or networks. */
  readonly values: readonly string[];
  /** There were alternatives that are no addresses. */
  readonly others: boolean;
}

/** Paths whose value is an address that a host of ours would talk to. */
const PATHS: readonly string[] = ['ipv4-addr:value', 'ipv6-addr:value', 'network-traffic:dst_ref.value'];
/** Characters of a pattern; longer ones are of other kinds. */
const MAX_PATTERN = 64 * 1024;
/** Brackets within brackets. */
const MAX_DEPTH = 16;

const TOKEN =
  /\s*(?:(?<string>'(?:[^'\\]|\\.)*')|(?<path>[A-Za-z0-9_-]+:[A-Za-z0-9_.'[\]*-]*[A-Za-z0-9_'*])|(?<word>[A-Za-z]+)|(?<sign>[<>!]=|[[\](),=<>]))/suy;

/** Undefined when the pattern is of another form, or no pattern. */
export function addressesOf(pattern: string): PatternAddresses | undefined {
  const tokens = pattern.length > MAX_PATTERN ? undefined : tokenize(pattern);
  if (tokens === undefined) return undefined;
  const parser = new PatternParser(tokens);
  return parser.pattern(0) && parser.atEnd ? parser : undefined;
}

interface Token {
  readonly kind: string;
  readonly text: string;
}

function tokenize(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  const token = new RegExp(TOKEN);
  const end = pattern.trimEnd().length;
  while (token.lastIndex < end) {
    const found = token.exec(pattern);
    const [kind, text] = Object.entries(found?.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || text === undefined) return undefined;
    tokens.push({ kind, text });
  }
  return tokens;
}

/** Each method takes what it is named after from the tokens; false: the pattern is of another form. */
class PatternParser implements PatternAddresses {
  readonly values: string[] = [];
  others = false;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  pattern(depth: number): boolean {
    return this.#list(
      () => this.#observation(depth),
      () => this.#take('OR'),
    );
  }

  #observation(depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    if (this.#take('(')) return this.pattern(depth + 1) && this.#take(')');
    return this.#take('[') && this.#alternatives(depth + 1) && this.#take(']');
  }

  #alternatives(depth: number): boolean {
    return this.#list(
      () => this.#alternative(depth),
      () => this.#take('OR'),
    );
  }

  #alternative(depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    if (this.#take('(')) return this.#alternatives(depth + 1) && this.#take(')');
    return this.#comparison();
  }

  #comparison(): boolean {
    const path = this.#next('path');
    if (path === undefined) return false;
    const values: string[] = [];
    if (!this.#operands(values)) return false;
    if (PATHS.includes(path)) this.values.push(...values);
    else this.others = true;
    return true;
  }

  #operands(values: string[]): boolean {
    const value = () => {
      const text = this.#next('string');
      if (text !== undefined) values.push(text.slice(1, -1).replace(/\\(.)/gsu, '$1'));
      return text !== undefined;
    };
    if (this.#take('IN'))
      return this.#take('(') && this.#list(value, () => this.#take(',')) && this.#take(')');
    return (this.#take('=') || this.#take('ISSUBSET')) && value();
  }

  #list(item: () => boolean, separator: () => boolean): boolean {
    do if (!item()) return false;
    while (separator());
    return true;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'string' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(kind: string): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return undefined;
    this.#at += 1;
    return token.text;
  }
}
