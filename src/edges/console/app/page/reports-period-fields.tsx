import { DateTimeField } from '../part/date-time-field.tsx';
import { Select } from '../part/field.tsx';
import { PERIODS, type PeriodChoice } from './reports-period.ts';

interface Props {
  readonly choice: PeriodChoice;
  readonly onChange: (choice: PeriodChoice) => void;
}

export function PeriodFields({ choice, onChange }: Props) {
  return (
    <search class="toolbar">
      <Select
        label="Time"
        value={choice.name}
        options={PERIODS}
        onChange={(name) => onChange({ ...choice, name })}
      />
      {choice.name === 'own' && (
        <>
          <DateTimeField label="From" time={choice.from} onInput={(from) => onChange({ ...choice, from })} />
          <DateTimeField label="Until" time={choice.to} onInput={(to) => onChange({ ...choice, to })} />
        </>
      )}
    </search>
  );
}
