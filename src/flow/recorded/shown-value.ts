/** Values from a recording as an error may show them: short, and nothing that a terminal would obey. */

const LONGEST = 40;
/** Controls, and characters that hide or turn round what stands beside them. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function shownText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  return cut.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'string') return `'${shownText(value)}'`;
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return shownText(String(value));
}
