import type { Schema } from 'penstock-client';
import { useId } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { Search, Select } from '../part/field.tsx';
import { Filters } from '../part/filters.tsx';
import { FLOW_SORTS, type FlowFilter, PROTOCOLS, VERDICTS } from './flows-filter.ts';

interface Props {
  readonly filter: FlowFilter;
  readonly onChange: (filter: FlowFilter) => void;
}

export function FlowFilters({ filter, onChange }: Props) {
  const { sort: _, ...settable } = filter;
  const set = (part: Partial<FlowFilter>) => onChange({ ...filter, ...part });
  return (
    <Filters count={Object.values(settable).filter(Boolean).length}>
      <Search label="Host" value={filter.host} placeholder="10.1.0.10" onInput={(host) => set({ host })} />
      <Search
        label="Destination"
        value={filter.destination}
        placeholder="203.0.113.9"
        onInput={(destination) => set({ destination })}
      />
      <Search label="Port" value={filter.port} placeholder="443" onInput={(port) => set({ port })} />
      <Select
        label="Protocol"
        value={filter.protocol}
        options={protocolOptions(filter.protocol)}
        onChange={(protocol) => set({ protocol })}
      />
      <Select
        label="Verdict"
        value={filter.verdict}
        options={VERDICTS}
        onChange={(verdict) => set({ verdict })}
      />
      <RuleField rule={filter.rule} onChange={(rule) => set({ rule })} />
      <Select label="Sort" value={filter.sort} options={FLOW_SORTS} onChange={(sort) => set({ sort })} />
    </Filters>
  );
}

/** A number that came with the address stays one of the choices. */
function protocolOptions(protocol: string): readonly { value: string; words: string }[] {
  if (PROTOCOLS.some(({ value }) => value === protocol)) return PROTOCOLS;
  return [...PROTOCOLS, { value: protocol, words: `ip/${protocol}` }];
}

/** Rules and deny lists alike: typed, with the rules of the policy in force offered. */
function RuleField({ rule, onChange }: { rule: string; onChange: (rule: string) => void }) {
  const id = useId();
  const { data } = useQuery('rules', (client, signal) => client.GET('/v1/policy/rules', { signal }));
  const rules: readonly Schema<'RuleUse'>[] = data?.rules ?? [];
  return (
    <label class="field grow" for={id}>
      <span>Rule or deny list</span>
      <input
        id={id}
        class="input"
        type="search"
        list={`${id}-rules`}
        value={rule}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={`${id}-rules`}>
        {rules.slice(0, 500).map(({ rule: name, description }) => (
          <option key={name} value={name}>
            {description ?? ''}
          </option>
        ))}
      </datalist>
    </label>
  );
}
