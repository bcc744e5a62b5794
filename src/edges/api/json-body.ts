/** Read JSON that a stranger sent: UTF-8 only, shallow, and no key that reaches an object's prototype. */
import { RequestError } from './errors.ts';

/** Nothing that is taken here is deeper than 6. Checked before parsing, so that depth costs no memory. */
const MAX_DEPTH = 32;

/** @throws RequestError invalid-body */
export function parseJsonBody(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  if (!isShallow(bytes)) throw unreadable(`it is nested deeper than ${MAX_DEPTH}`);
  try {
    return JSON.parse(text, refusePrototype);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw unreadable('it is not JSON');
  }
}

/** @throws RequestError invalid-body */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('it is not UTF-8');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside strings; all structural characters are ASCII, so bytes will do. */
function isShallow(bytes: Buffer): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) return false;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return true;
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw unreadable("it has the key '__proto__'");
  return value;
}

function unreadable(why: string): RequestError {
  return new RequestError('invalid-body', `the body cannot be read: ${why}`);
}
