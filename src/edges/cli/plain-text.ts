/**
 * Text from the network or a file, made safe for a terminal: an attacker can choose names, reasons and messages, and
 * a terminal takes control characters as commands. They are shown as escapes instead; so are characters that hide or
 * turn round what stands beside them.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

/** JSON leaves DEL, C1 controls and bidirectional marks as they are; inside strings they can be escaped. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Many lines: line ends and tabs stay. */
export function plainLines(text: string): string {
  return text.trimEnd().split(/\r?\n/).map(tabbed).join('\n');
}

function tabbed(line: string): string {
  return line.split('\t').map(plain).join('\t');
}
