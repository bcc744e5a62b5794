import { useEffect, useState } from 'preact/hooks';

/** The same widths at which the style sheets turn. */
const PHONE = matchMedia('(max-width: 47.99rem)');
const TABLET = matchMedia('(max-width: 63.99rem)');
const LAPTOP = matchMedia('(max-width: 79.99rem)');

/** Whether this is a phone's width: for what needs other elements then, not only other sizes. */
export const useNarrow = () => useMatch(PHONE);

/** Whether a row of a long list takes some lines instead of columns: nothing is to be scrolled sideways. */
export const useLines = () => useMatch(TABLET);

/** Whether its minor columns are left out. */
export const useCramped = () => useMatch(LAPTOP);

function useMatch(query: MediaQueryList): boolean {
  const [isMatching, setMatching] = useState(query.matches);
  useEffect(() => {
    const changed = () => setMatching(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return isMatching;
}
