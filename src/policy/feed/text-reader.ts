/** Format `text`: one address, network or range a line; `#` or `;` starts a comment, empty lines count for nothing. */
import { atLine, type FeedEntry } from './entry.ts';

export function* readText(text: string): Generator<FeedEntry> {
  for (const { line, number } of linesOf(text)) {
    const comment = line.search(/[#;]/);
    const content = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (content === '') continue;
    yield { kind: 'network', text: content, spot: atLine(number, line.indexOf(content) + 1) };
  }
}

/** One line at a time: the lines of a large content are not all in memory at once. */
export function* linesOf(text: string): Generator<{ line: string; number: number }> {
  let number = 1;
  for (let start = 0; start < text.length; number++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield { line: text.slice(start, end), number };
    start = end + 1;
  }
}
