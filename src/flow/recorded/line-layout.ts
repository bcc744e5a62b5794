/**
 * How a line of JSON is laid out, so that others laid out alike need not be parsed (line-scanner.ts):
 *
 *   {"ts":1676851429.5,"src":"192.0.2.10","state":"SF"}
 *   ------            --------          -----------  --    the same on each line, up to its newline
 *         ------------        ----------           --      values
 */

/** What a value is: a number, text, or text that is likely a dotted quad. */
export type ValueKind = 'number' | 'text' | 'address';

export interface Step {
  /** What stands before the value, with the quote that opens it. */
  readonly before: Buffer;
  readonly kind: ValueKind;
  /** Its place among the fields that are wanted; UNWANTED for any other. */
  readonly field: number;
}

export interface LineLayout {
  readonly steps: readonly Step[];
  /** What stands after the last value, with the newline. */
  readonly end: Buffer;
}

export const UNWANTED = -1;

/** A key and its value, text without escapes or what may be a number. */
const MEMBER = /(\s*[{,]\s*"([^"\\]*)"\s*:\s*)(?:"([^"\\]*)"|[\d.]+)/y;
const CLOSING = /^\s*\}\s*$/;

/** Of a line that is a JSON object; undefined when it is not as simple as that. `addresses` are among the `fields`. */
export function layoutOf(
  line: string,
  fields: readonly string[],
  addresses: readonly string[],
): LineLayout | undefined {
  const steps: Step[] = [];
  const names = new Set<string>();
  let quote = '';
  let end = 0;
  MEMBER.lastIndex = 0;
  for (let member = MEMBER.exec(line); member !== null; member = MEMBER.exec(line)) {
    const [, head, name, text] = member;
    const before = quote + head;
    quote = text === undefined ? '' : '"';
    const kind = text === undefined ? 'number' : addresses.includes(name) ? 'address' : 'text';
    steps.push({ before: Buffer.from(before + quote), kind, field: fields.indexOf(name) });
    names.add(name);
    end = MEMBER.lastIndex;
  }
  const closing = line.slice(end);
  // Of two values of one key, the last one would count.
  if (names.size !== steps.length || !CLOSING.test(closing)) return undefined;
  return { steps, end: Buffer.from(`${quote}${closing}\n`) };
}
