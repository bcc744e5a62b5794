import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Scrollable<E> {
  readonly ref: RefObject<E>;
  readonly role?: 'region';
  readonly tabIndex?: 0;
  readonly 'aria-label'?: string;
}

/** What is wider than its place can be scrolled by the keyboard too; what fits is no stop on the way. */
export function useScrollable<E extends HTMLElement>(label: string): Scrollable<E> {
  const ref = useRef<E>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return { ref, ...(overflows && { role: 'region', tabIndex: 0, 'aria-label': label }) };
}
