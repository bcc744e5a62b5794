/**
 * Colours of what is drawn on a canvas, from the same CSS custom properties as all the rest, so that a change from
 * light to dark reaches them.
 */
import { useEffect, useState } from 'preact/hooks';

/** `--name` as the browser computes it at this element: `rgb(...)`, whatever functions the style uses. */
export function colourAt(element: HTMLElement, name: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Goes up whenever colours may have changed: by the system's choice of light or dark, or by the page's own. */
export function useColourScheme(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const changed = () => setVersion((last) => last + 1);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const own = new MutationObserver(changed);
    dark.addEventListener('change', changed);
    own.observe(document.documentElement, { attributes: true });
    return () => {
      dark.removeEventListener('change', changed);
      own.disconnect();
    };
  }, []);
  return version;
}
