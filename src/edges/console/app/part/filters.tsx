import type { ComponentChildren } from 'preact';
import { useNarrow } from './narrow.ts';

interface Props {
  /** How many of them are set: told where they are folded away. */
  readonly count: number;
  readonly children: ComponentChildren;
}

/** Filters above a list: in a line, on a phone behind a heading that tells how many are set. */
export function Filters({ count, children }: Props) {
  const isNarrow = useNarrow();
  if (!isNarrow) return <search class="toolbar filters">{children}</search>;
  return (
    <search>
      <details class="filters-folded">
        <summary>Filters{count > 0 && ` (${count} set)`}</summary>
        <div class="toolbar filters">{children}</div>
      </details>
    </search>
  );
}
