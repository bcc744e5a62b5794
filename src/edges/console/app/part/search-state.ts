/** State of a page that lives in its address, so that it survives a reload and can be sent to somebody. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';

/** Nobody types on within this time. */
const TYPING_MS = 350;

interface SearchState<T> {
  /** What the fields show, at once. */
  readonly typed: T;
  /** What the address says: the same once nobody types. */
  readonly asked: T;
  readonly change: (value: T) => void;
}

/** @param write without a question mark; '' for what needs no words */
export function useSearchState<T>(read: (search: string) => T, write: (value: T) => string): SearchState<T> {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const asked = useMemo(() => read(search), [search]);
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  useEffect(() => {
    const wanted = write(typed);
    if (wanted === write(asked)) return;
    const timer = setTimeout(
      () => navigate(`${path}${wanted && '?'}${wanted}`, { replace: true }),
      TYPING_MS,
    );
    return () => clearTimeout(timer);
  }, [typed]);
  return { typed, asked, change: setTyped };
}
