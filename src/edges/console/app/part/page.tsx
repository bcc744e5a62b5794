import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { pageTitle } from '../title.ts';

interface Props {
  readonly title: string;
  /** Beside the title, smaller: what is shown, in a few words. */
  readonly lead?: ComponentChildren;
  /** Buttons at the right of the title. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The first page that is shown keeps the focus where the browser puts it. */
let isFirst = true;

/** One page: names the document and takes the focus to its heading, as a loaded document would. */
export function Page({ title, lead, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    pageTitle.value = title;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <div class="page">
      <header class="page-head">
        <div class="page-name">
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {lead !== undefined && <p class="page-lead">{lead}</p>}
        </div>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
