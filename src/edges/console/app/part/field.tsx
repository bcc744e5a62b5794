/** Filters in one line: a label that is always there, be it seen or only read out. */
import { useId } from 'preact/hooks';

interface SelectProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly words: string }[];
  readonly onChange: (value: V) => void;
}

export function Select<V extends string>({ label, value, options, onChange }: SelectProps<V>) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>{label}</span>
      <select
        id={id}
        class="input"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as V)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onInput: (text: string) => void;
}

export function Search({ label, value, placeholder = '', onInput }: SearchProps) {
  const id = useId();
  return (
    <label class="field grow" for={id}>
      <span>{label}</span>
      <input
        id={id}
        class="input"
        type="search"
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
