/** How many columns of a terminal text takes (Unicode Standard Annex 11, as terminals follow it). */

const ASCII = /^[ -~]*$/;
const MARKS_ONLY = /^\p{M}+$/u;
/** East Asian wide and fullwidth, and what is shown as a picture. */
const WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

let segmenter: Intl.Segmenter | undefined;

/** @param text without control characters */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, each) => sum + widthOf(each), 0);
}

/** The beginning of `text` that fits `width` columns, with an ellipsis where something is left off. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let room = Math.max(0, width - 1);
  let kept = '';
  for (const each of graphemes(text)) {
    room -= widthOf(each);
    if (room < 0) break;
    kept += each;
  }
  return `${kept.trimEnd()}…`;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Lines of at most `width` columns, broken between words, and within words that are longer. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word];
  const found = [''];
  for (const each of graphemes(word)) {
    const last = found.at(-1) as string;
    if (textWidth(last) + widthOf(each) > width) found.push(each);
    else found[found.length - 1] = last + each;
  }
  return found;
}

function widthOf(grapheme: string): number {
  if (MARKS_ONLY.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
