/**
 * Format `csv` (RFC 4180): one column holds the indicators; lines that begin with `#` are comments. Every record must
 * have as many fields as the first, so that a record that was cut off is found.
 */
import { CsvError, type Options } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { atLine, damage, excerpt, type FeedEntry, indicator, UNUSABLE } from './entry.ts';

/** Characters of one record. An unclosed quotation mark would make one record of all that follows. */
const MAX_RECORD = 64 * 1024;

const OPTIONS = {
  bom: true,
  comment: '#',
  comment_no_infix: true,
  max_record_size: MAX_RECORD,
  // Told apart line by line: comments and records are often written by different programs.
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  skip_records_with_empty_values: true,
} satisfies Options;

/** `column`: a name of the header line, or a number from 1. */
export function readCsv(text: string, column: string | number): FeedEntry[] {
  const picker = new ColumnPicker(column);
  try {
    // Records themselves are not kept.
    parse(text, {
      ...OPTIONS,
      on_record: (fields: string[], { lines }) => {
        picker.take(fields, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    picker.entries.push(
      damage(atLine(line), `is no CSV (${error.code})`, 'records of equal length, RFC 4180'),
    );
  }
  return picker.entries;
}

class ColumnPicker {
  readonly entries: FeedEntry[] = [];
  readonly #column: string | number;
  #index: number | undefined;

  constructor(column: string | number) {
    this.#column = column;
  }

  take(fields: readonly string[], line: number): void {
    if (this.#index === undefined) this.#begin(fields, line);
    else this.entries.push(this.#read(fields, line));
  }

  #read(fields: readonly string[], line: number): FeedEntry {
    const value = fields[this.#index ?? -1];
    return value === undefined
      ? damage(atLine(line), `has no column ${this.#column}`, `${this.#column} columns or more`)
      : indicator(value, atLine(line));
  }

  /** A column with a name needs a header; one with a number may have one, which then holds no address. */
  #begin(fields: readonly string[], line: number): void {
    const column = this.#column;
    if (typeof column === 'number') {
      this.#index = column - 1;
      const entry = this.#read(fields, line);
      if (entry !== UNUSABLE) this.entries.push(entry);
      return;
    }
    const names = fields.map((name) => name.trim().toLowerCase());
    this.#index = names.indexOf(column.toLowerCase());
    if (this.#index >= 0) return;
    const some = fields.slice(0, 16).map((name) => excerpt(name.trim()));
    const what = `no column '${column}' in the header`;
    this.entries.push(damage(atLine(line), what, `one of ${some.join(', ')}, or its number`));
  }
}
