import { Select } from './field.tsx';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a block by hand may stand. */
const TTLS = [
  { value: String(15 * MINUTE_MS), words: '15 minutes' },
  { value: String(HOUR_MS), words: '1 hour' },
  { value: String(4 * HOUR_MS), words: '4 hours' },
  { value: String(24 * HOUR_MS), words: '1 day' },
  { value: String(7 * 24 * HOUR_MS), words: '7 days' },
];
export const DEFAULT_TTL_MS = HOUR_MS;

export function TtlField({ ttlMs, onChange }: { ttlMs: number; onChange: (ttlMs: number) => void }) {
  return (
    <Select
      label="For how long"
      value={String(ttlMs)}
      options={TTLS}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
