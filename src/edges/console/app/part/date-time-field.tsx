import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  /** Local, as the browser's own field writes it: `2026-11-30T14:00`; '' for none. */
  readonly time: string;
  readonly onInput: (time: string) => void;
}

export function DateTimeField({ label, time, onInput }: Props) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      <input
        id={id}
        class="input"
        type="datetime-local"
        value={time}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
