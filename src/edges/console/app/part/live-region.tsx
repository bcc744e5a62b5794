import { signal } from '@preact/signals';

const said = signal('');

/** Read out when the reader is done with its sentence: `2 decisions wait for an answer`. */
export function announce(text: string): void {
  said.value = text;
}

/** Once in the page, from the beginning: a region that comes with its words is not read. */
export function LiveRegion() {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {said.value}
    </div>
  );
}
