import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../part/button.tsx';
import { saveFile } from '../part/download.ts';
import { Select } from '../part/field.tsx';
import { Panel } from '../part/panel.tsx';
import type { Draft } from './policy-facts.ts';
import type { Place } from './policy-page.tsx';

interface Props {
  readonly policy: Draft;
  /** What is to be seen: a rule that was clicked on. */
  readonly place?: Place | undefined;
}

/** As it was written. */
export function PolicyText({ policy: { entry, files }, place }: Props) {
  const names = Object.keys(files);
  const [chosen, setChosen] = useState(entry);
  useEffect(() => {
    if (place) setChosen(place.file);
  }, [place]);
  const name = chosen in files ? chosen : entry;
  const text = files[name] ?? '';
  return (
    <Panel
      title="Text"
      aside={
        <>
          {names.length > 1 && <FileSelect names={names} name={name} onChange={setChosen} />}
          <Button
            icon="download"
            onClick={() => saveFile(name, new Blob([text], { type: 'application/yaml' }))}
          >
            Save
          </Button>
        </>
      }
      flush
    >
      <NumberedText text={text} label={name} line={place?.file === name ? place.line : undefined} />
    </Panel>
  );
}

interface FileSelectProps {
  readonly names: readonly string[];
  readonly name: string;
  readonly onChange: (name: string) => void;
}

export function FileSelect({ names, name, onChange }: FileSelectProps) {
  const options = names.map((value) => ({ value, words: value }));
  return <Select label="File" value={name} options={options} onChange={onChange} />;
}

/** Same as in policy.css. */
const LINE_PX = 20;

interface NumberedProps {
  readonly text: string;
  readonly label: string;
  /** Shown and marked; from 1. */
  readonly line?: number | undefined;
}

/** Two texts side by side and nothing a line: 100,000 lines cost no more than their letters. */
export function NumberedText({ text, label, line }: NumberedProps) {
  const scroller = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element || line === undefined) return;
    element.scrollTop = Math.max(0, (line - 4) * LINE_PX);
    element.scrollIntoView({ block: 'nearest' });
    element.focus({ preventScroll: true });
  }, [line, label]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section class="numbered" ref={scroller} tabIndex={0} aria-label={`Text of ${label}`}>
      {line !== undefined && <span class="numbered-mark" style={{ top: `${(line - 1) * LINE_PX}px` }} />}
      <pre class="numbered-lines" aria-hidden="true">
        {lineNumbers(text)}
      </pre>
      <pre class="numbered-text">{text}</pre>
    </section>
  );
}

/** `1\n2\n3`. */
export function lineNumbers(text: string): string {
  const count = text.split('\n').length;
  return Array.from({ length: count }, (_, line) => line + 1).join('\n');
}
