import type { ComponentChildren } from 'preact';
import { useScrollable } from './scrollable.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Right-aligned, with figures of one width. */
  readonly isNumber?: boolean;
  /** Left out where there is no room. */
  readonly isMinor?: boolean;
}

interface Props<T> {
  /** Read out before the table; not seen. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  /** On a phone each row becomes a block of named lines: for rows that end in buttons or hold long text. */
  readonly stacks?: boolean;
}

/** For some hundred rows at most; longer ones are for `VirtualTable`. The first column names its row. */
export function Table<T>({ caption, columns, rows, keyOf, stacks = false }: Props<T>) {
  const scrollable = useScrollable<HTMLDivElement>(caption);
  return (
    <div class="table-wrap" {...scrollable}>
      <table class={stacks ? 'table stacks' : 'table'}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={cellClass(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.title} scope="row" class={cellClass(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} class={cellClass(column)} data-title={column.title}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function cellClass({ isNumber, isMinor }: { isNumber?: boolean; isMinor?: boolean }): string {
  return `${isNumber ? 'number' : ''} ${isMinor ? 'minor' : ''}`.trim();
}
