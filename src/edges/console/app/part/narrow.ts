import { useEffect, useState } from 'preact/hooks';

/** The same width at which the style sheets turn to one column. */
const NARROW = matchMedia('(max-width: 47.99rem)');

/** Whether this is a phone's width: for what needs other columns then, not only other sizes. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const changed = () => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', changed);
    return () => NARROW.removeEventListener('change', changed);
  }, []);
  return isNarrow;
}
