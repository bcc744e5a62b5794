/** U+200B, zero width space: looks like nothing, and ends a word. */
const GAP = '\u200b';

/**
 * No text of ours names a person or a channel, so what looks like `@here` is not ours: a gap after the sign makes it
 * text. So does one in `://`, for a link in the words of an attacker is none that we want clicked.
 */
export function unmentioned(text: string): string {
  return text.replaceAll(/[@＠]/g, `$&${GAP}`).replaceAll('://', `:${GAP}//`);
}
