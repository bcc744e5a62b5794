/** JSON from a stranger: parsed only when what it makes fits into memory. */

/**
 * Objects and lists in one text. Each takes tens of bytes however little text it is, so that 64 MiB of `[],[],`
 * would take gigabytes.
 */
const MAX_CONTAINERS = 2_000_000;

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly expected: string };

export function parseJson(text: string): JsonReading {
  if (containersIn(text) > MAX_CONTAINERS) {
    const message = `holds more than ${MAX_CONTAINERS} objects and lists`;
    return { ok: false, message, expected: 'fewer' };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, message: 'is no JSON, or is cut off', expected: 'valid JSON (RFC 8259)' };
  }
}

/** Own member of an object; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function containersIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x7b || code === 0x5b) count += 1;
  }
  return count;
}
