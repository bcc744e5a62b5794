/**
 * JSON as a line that people look at with `journalctl` or `cat`: JSON.stringify leaves DEL, C1 controls, bidirectional
 * marks and line separators as they are, which a terminal takes for commands. As escapes they mean the same.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Without a line break at its end. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(UNSAFE, escapes);
}

/** One for each UTF-16 unit (RFC 8259, section 7). */
function escapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
