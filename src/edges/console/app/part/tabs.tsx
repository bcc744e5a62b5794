/** Parts of one page, each with an address of its own, so that it can be sent to somebody. */
import { Link, useSearch } from 'wouter-preact';

interface Props<V extends string> {
  readonly label: string;
  readonly path: string;
  readonly current: V;
  /** The first one has the page's own address. */
  readonly tabs: readonly { readonly view: V; readonly words: string; readonly count?: number }[];
}

export function Tabs<V extends string>({ label, path, current, tabs }: Props<V>) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ view, words, count }, index) => (
        <Link
          key={view}
          href={index === 0 ? path : `${path}?view=${view}`}
          class="tab"
          aria-current={view === current ? 'page' : undefined}
        >
          {words}
          {count !== undefined && <span class="faint number"> {count}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** What `?view=` names; the first one when it names none of them. */
export function useView<V extends string>(views: readonly [V, ...V[]]): V {
  const named = new URLSearchParams(useSearch()).get('view');
  return views.find((view) => view === named) ?? views[0];
}
