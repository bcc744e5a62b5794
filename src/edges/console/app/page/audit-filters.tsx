import { useId } from 'preact/hooks';
import { DateTimeField } from '../part/date-time-field.tsx';
import { Search } from '../part/field.tsx';
import { Filters } from '../part/filters.tsx';
import { type AuditFilter, TYPES } from './audit-filter.ts';

interface Props {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

export function AuditFilters({ filter, onChange }: Props) {
  const set = (part: Partial<AuditFilter>) => onChange({ ...filter, ...part });
  return (
    <Filters count={Object.values(filter).filter(Boolean).length}>
      <TypeField type={filter.type} onInput={(type) => set({ type })} />
      <Search
        label="Actor"
        value={filter.actor}
        placeholder="a token's name"
        onInput={(actor) => set({ actor })}
      />
      <Search
        label="Subject"
        value={filter.subject}
        placeholder="D12, I7, a revision, a name"
        onInput={(subject) => set({ subject })}
      />
      <DateTimeField label="From" time={filter.since} onInput={(since) => set({ since })} />
      <DateTimeField label="Until" time={filter.until} onInput={(until) => set({ until })} />
    </Filters>
  );
}

function TypeField({ type, onInput }: { type: string; onInput: (type: string) => void }) {
  const id = useId();
  return (
    <label class="field" for={id}>
      <span>Type</span>
      <input
        id={id}
        class="input"
        type="search"
        list={`${id}-types`}
        value={type}
        placeholder="decision"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <datalist id={`${id}-types`}>
        {TYPES.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </label>
  );
}
