// biome-ignore-all lint/a11y/useSemanticElements: rows are placed one by one, which a table element does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: a row is no control; its links are
/**
 * A table of any length: only the rows that can be seen are in the document. Rows are of one height; the roles tell a
 * screen reader how many there are and which of them is read.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useCramped } from './narrow.ts';
import { type Column, cellClass } from './table.tsx';

interface Props<T> {
  readonly label: string;
  readonly columns: readonly VirtualColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  /** CSS pixels. */
  readonly rowHeight?: number;
  /** Shown below the head while there are no rows. */
  readonly empty?: ComponentChildren;
  /** Told the first and the last row that can be seen, when they change. */
  readonly onRange?: (first: number, last: number) => void;
}

export interface VirtualColumn<T> extends Column<T> {
  /** A track of a CSS grid: `8rem`, `minmax(10rem, 2fr)`. */
  readonly width: string;
}

const OVERSCAN = 8;

export function VirtualTable<T>({
  label,
  columns: all,
  rows,
  keyOf,
  rowHeight = 40,
  empty,
  onRange,
}: Props<T>) {
  const columns = useCramped() ? all.filter(({ isMinor }) => !isMinor) : all;
  const scroller = useRef<HTMLDivElement>(null);
  const { items, totalSize, range } = useVirtual(rows.length, rowHeight, scroller);
  const { startIndex = 0, endIndex = -1 } = range ?? {};
  useEffect(() => onRange?.(startIndex, endIndex), [startIndex, endIndex, rows.length]);
  const tracks = columns.map(({ width }) => width).join(' ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div class="virtual" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} class="virtual-table">
        <div role="rowgroup" class="virtual-head">
          <div role="row" aria-rowindex={1} class="virtual-row" style={{ gridTemplateColumns: tracks }}>
            {columns.map((column) => (
              <span role="columnheader" key={column.title} class={cellClass(column)}>
                {column.title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="virtual-body" style={{ height: `${totalSize}px` }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <div
                role="row"
                key={keyOf(row)}
                aria-rowindex={index + 2}
                class="virtual-row"
                style={{
                  gridTemplateColumns: tracks,
                  height: `${rowHeight}px`,
                  transform: `translateY(${start}px)`,
                }}
              >
                {columns.map((column) => (
                  <span role="cell" key={column.title} class={cellClass(column)}>
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && empty}
    </div>
  );
}

function useVirtual(
  count: number,
  rowHeight: number,
  scroller: { current: HTMLDivElement | null },
): { items: VirtualItem[]; totalSize: number; range: Virtualizer<HTMLDivElement, HTMLDivElement>['range'] } {
  const [, draw] = useState(0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => draw((times) => times + 1),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLDivElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  // It remembers how high rows were: a phone that is turned has others.
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const items = virtualizer.getVirtualItems();
  return { items, totalSize: virtualizer.getTotalSize(), range: virtualizer.range };
}
