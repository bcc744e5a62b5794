/** The time that a report is on; it lives in the address of the page. Days and months are local. */

export const PERIODS = [
  { value: 'week', words: 'Last 7 days' },
  { value: 'days30', words: 'Last 30 days' },
  { value: 'month', words: 'This month' },
  { value: 'lastMonth', words: 'Last month' },
  { value: 'own', words: 'From … until …' },
] as const;
export type PeriodName = (typeof PERIODS)[number]['value'];

export interface PeriodChoice {
  readonly name: PeriodName;
  /** Of `own`, as `datetime-local` writes it: `2026-11-30T14:00`. */
  readonly from: string;
  readonly to: string;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function periodChoiceOf(search: string): PeriodChoice {
  const given = new URLSearchParams(search);
  const name = PERIODS.find(({ value }) => value === given.get('period'))?.value ?? 'week';
  const text = (key: string) => (given.get(key) ?? '').slice(0, 32);
  return { name, from: text('from'), to: text('to') };
}

export function searchOfPeriod({ name, from, to }: PeriodChoice): string {
  const isOwn = name === 'own';
  return new URLSearchParams({
    ...(name !== 'week' && { period: name }),
    ...(isOwn && from && { from }),
    ...(isOwn && to && { to }),
  }).toString();
}

/** To the end of the minute, so that the same report is not made twice in it; undefined for a time that is none. */
export function spanOf({ name, from, to }: PeriodChoice, nowMs: number): Span | undefined {
  const toMs = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS;
  const now = new Date(nowMs);
  const month = (offset: number) => new Date(now.getFullYear(), now.getMonth() + offset, 1).getTime();
  switch (name) {
    case 'week':
      return { fromMs: toMs - 7 * DAY_MS, toMs };
    case 'days30':
      return { fromMs: toMs - 30 * DAY_MS, toMs };
    case 'month':
      return { fromMs: month(0), toMs };
    case 'lastMonth':
      return { fromMs: month(-1), toMs: month(0) };
    case 'own': {
      const span = { fromMs: Date.parse(from), toMs: Date.parse(to) };
      return span.fromMs >= 0 && span.toMs > span.fromMs ? span : undefined;
    }
  }
}

/** CSV has one table a file. */
export const TABLES = [
  { value: 'summary', words: 'Summary' },
  { value: 'traffic', words: 'Traffic over time' },
  { value: 'groups', words: 'Traffic by group' },
  { value: 'hosts', words: 'Traffic by host' },
  { value: 'destinations', words: 'Traffic by destination' },
  { value: 'services', words: 'Traffic by service' },
  { value: 'rules', words: 'Traffic by rule' },
  { value: 'countries', words: 'Traffic by country' },
  { value: 'systems', words: 'Traffic by autonomous system' },
  { value: 'unused-rules', words: 'Unused rules' },
  { value: 'expiring-rules', words: 'Rules that expire' },
  { value: 'wide-rules', words: 'Wide rules' },
  { value: 'approvals', words: 'Approvals' },
  { value: 'approvers', words: 'Who approved' },
  { value: 'causes', words: 'Incidents by cause' },
  { value: 'incidents', words: 'Worst incidents' },
  { value: 'vetoes', words: 'Vetoes' },
  { value: 'changes', words: 'Changes' },
  { value: 'changers', words: 'Who changed' },
  { value: 'culprits', words: 'What changed the kernel table' },
] as const;
export type ReportTable = (typeof TABLES)[number]['value'];
