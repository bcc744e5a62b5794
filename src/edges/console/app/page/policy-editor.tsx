import { useEffect, useRef } from 'preact/hooks';
import { spanOfLine } from './policy-facts.ts';
import { lineNumbers } from './policy-text.tsx';

interface Props {
  readonly label: string;
  readonly text: string;
  readonly onInput: (text: string) => void;
  /** A problem that was clicked on; a new object each time. */
  readonly at?: { readonly line: number } | undefined;
}

/** Same as in policy.css. */
const LINE_PX = 20;

/** A plain text area, with numbers that scroll along. The tabulator leaves it, as everywhere. */
export function PolicyEditor({ label, text, onInput, at }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const element = area.current;
    if (!element || !at) return;
    const { start, end } = spanOfLine(element.value, at.line);
    element.focus();
    element.setSelectionRange(start, end);
    element.scrollTop = Math.max(0, (at.line - 4) * LINE_PX);
  }, [at]);
  const follow = () => {
    if (numbers.current && area.current) numbers.current.scrollTop = area.current.scrollTop;
  };
  return (
    <div class="policy-editor">
      <pre class="numbered-lines" ref={numbers} aria-hidden="true">
        {lineNumbers(text)}
      </pre>
      <textarea
        ref={area}
        aria-label={label}
        value={text}
        wrap="off"
        spellcheck={false}
        autocomplete="off"
        onScroll={follow}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
