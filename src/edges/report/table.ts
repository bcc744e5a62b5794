/** Tables of a report: one form for HTML, which words the values, and for CSV, which does not. */
import type { Listed } from './report.ts';
import { bytesText, numberText, plain, shareText, spanText, timeText } from './wording.ts';

export type Kind = 'text' | 'number' | 'bytes' | 'time' | 'span' | 'share';
export type Value = string | number | null;

export interface Column {
  readonly head: string;
  readonly kind: Kind;
}

export interface Table {
  /** Also the name of its CSV file. */
  readonly name: TableName;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Lines that are left out. */
  readonly more: number;
  /** In the place of a table without rows. */
  readonly empty: string;
  /** Too long to be read: a plot shows it. */
  readonly onlyAsFile?: boolean;
}

export const TABLE_NAMES = [
  'summary',
  'traffic',
  'groups',
  'hosts',
  'destinations',
  'services',
  'rules',
  'countries',
  'systems',
  'unused-rules',
  'expiring-rules',
  'wide-rules',
  'approvals',
  'approvers',
  'causes',
  'incidents',
  'vetoes',
  'changes',
  'changers',
  'culprits',
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** `Head:kind`; text without a kind. */
export function columns(...heads: readonly string[]): Column[] {
  return heads.map((each) => {
    const [head = '', kind = 'text'] = each.split(':');
    return { head, kind: kind as Kind };
  });
}

const MOST_CHARACTERS = 240;

/** JSON and CSV have all of it. */
function short(text: string): string {
  const characters = [...text];
  return characters.length <= MOST_CHARACTERS
    ? text
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}

/** As it stands in a cell for a reader. */
export function worded(value: Value, kind: Kind): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'string') return short(plain(value));
  switch (kind) {
    case 'bytes':
      return bytesText(value);
    case 'time':
      return timeText(value);
    case 'span':
      return spanText(value);
    case 'share':
      return shareText(value);
    default:
      return numberText(value);
  }
}

export function table(
  name: TableName,
  title: string,
  heads: Table['columns'],
  rows: readonly (readonly Value[])[],
  { more = 0, empty = 'None.' }: { more?: number; empty?: string } = {},
): Table {
  return { name, title, columns: heads, rows, more, empty };
}

export function fromList<T>(
  name: TableName,
  title: string,
  heads: Table['columns'],
  { lines, more }: Listed<T>,
  row: (line: T) => readonly Value[],
  empty = 'None.',
): Table {
  return table(name, title, heads, lines.map(row), { more, empty });
}
