import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  readonly title: ComponentChildren;
  /** At the right of the title: a link, a count, a button. */
  readonly aside?: ComponentChildren;
  /** Without padding, for a table or a list that goes to the edges. */
  readonly flush?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, aside, flush = false, class: extra = '', children }: Props) {
  const id = useId();
  return (
    <section class={`panel ${extra}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      <div class={flush ? 'panel-body flush' : 'panel-body'}>{children}</div>
    </section>
  );
}
