/** What the page of the policy tells of its rules and its text. */
import type { Schema } from 'penstock-client';

const DAY_MS = 86_400_000;
/** Before a rule expires somebody has to renew it or let it go. */
const SOON_MS = 14 * DAY_MS;
/** Counted for less than this, no hits say little. */
const LONG_MS = DAY_MS;

export interface RuleMark {
  readonly tone: 'neutral' | 'medium' | 'high' | 'critical';
  readonly words: 'unused' | 'no hits yet' | 'expires soon' | 'expired';
  readonly because: string;
}

/** What somebody should look at. */
export function ruleMarks(
  { hits, lastHitMs, sinceMs, expiresMs, isExpired }: Schema<'RuleUse'>,
  nowMs: number,
): RuleMark[] {
  const marks: RuleMark[] = [];
  if (isExpired) {
    marks.push({ tone: 'critical', words: 'expired', because: 'It allows nothing any more.' });
  } else if (expiresMs !== null && expiresMs - nowMs < SOON_MS) {
    const days = Math.max(0, Math.floor((expiresMs - nowMs) / DAY_MS));
    const left = days === 0 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`;
    marks.push({ tone: 'high', words: 'expires soon', because: `It allows nothing after ${left} more.` });
  }
  if (hits === 0 && lastHitMs === null) {
    const isLong = nowMs - sinceMs >= LONG_MS;
    marks.push(
      isLong
        ? { tone: 'medium', words: 'unused', because: 'No connection met it since hits are counted.' }
        : { tone: 'neutral', words: 'no hits yet', because: 'Hits are counted for less than a day.' },
    );
  }
  return marks;
}

export const RULE_VIEWS = [
  { value: 'all', words: 'All' },
  { value: 'unused', words: 'Without hits' },
  { value: 'expiring', words: 'Expired or soon' },
] as const;
export type RuleView = (typeof RULE_VIEWS)[number]['value'];

export function rulesIn(
  rules: readonly Schema<'RuleUse'>[],
  view: RuleView,
  nowMs: number,
): readonly Schema<'RuleUse'>[] {
  if (view === 'all') return rules;
  const wanted = view === 'unused' ? ['unused', 'no hits yet'] : ['expires soon', 'expired'];
  return rules.filter((rule) => ruleMarks(rule, nowMs).some(({ words }) => wanted.includes(words)));
}

/** The line, from 1, on which a rule of this id begins; undefined where it is written in another way. */
export function lineOfRule(text: string, id: string): number | undefined {
  const quoted = id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`^.*\\bid"?:\\s*["']?${quoted}["']?\\s*(?:[,}#].*)?$`, 'm').exec(text);
  return found ? text.slice(0, found.index).split('\n').length : undefined;
}

/** Texts of a policy by name, and which of them is the first to be read. */
export interface Draft {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * What was uploaded in place of what has its name. A single one of another name is the whole policy when that is one
 * file; else it comes as one more file.
 */
export function withUploads({ entry, files }: Draft, uploads: Readonly<Record<string, string>>): Draft {
  const names = Object.keys(uploads);
  const [only] = names;
  const isWhole = names.length === 1 && Object.keys(files).length === 1;
  if (isWhole && only !== undefined && !(only in files)) {
    return { entry, files: { [entry]: uploads[only] ?? '' } };
  }
  return { entry, files: { ...files, ...uploads } };
}

export function isSameDraft(one: Draft, other: Draft): boolean {
  const names = Object.keys(one.files);
  return (
    one.entry === other.entry &&
    names.length === Object.keys(other.files).length &&
    names.every((name) => one.files[name] === other.files[name])
  );
}

/** Where a line of a text begins and ends, for a selection. @param line from 1 */
export function spanOfLine(text: string, line: number): { start: number; end: number } {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start);
    if (next === -1) break;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return { start, end: end === -1 ? text.length : end };
}

const KINDS = [
  ['rule', 'rules'],
  ['deny list', 'denyLists'],
  ['host group', 'hostGroups'],
  ['address set', 'addressSets'],
  ['service', 'services'],
  ['schedule', 'schedules'],
  ['response', 'response'],
  ['never-block', 'neverBlock'],
] as const;

export interface PlanLine {
  readonly sign: '+' | '−' | '~';
  readonly words: string;
}

/** What comes, goes and changes, a line each. */
export function planLines({ mode, guardrails, ...plan }: Schema<'PolicyPlan'>): PlanLine[] {
  const lines: PlanLine[] = [];
  if (mode.from !== mode.to) lines.push({ sign: '~', words: `mode ${mode.from} → ${mode.to}` });
  for (const [what, field] of KINDS) {
    const { added, removed, changed } = plan[field];
    lines.push(...added.map((id): PlanLine => ({ sign: '+', words: `${what} ${id}` })));
    lines.push(...removed.map((id): PlanLine => ({ sign: '−', words: `${what} ${id}` })));
    lines.push(...changed.map((id): PlanLine => ({ sign: '~', words: `${what} ${id}` })));
  }
  for (const { field, from, to } of guardrails) {
    lines.push({ sign: '~', words: `guardrail ${field} ${from} → ${to}` });
  }
  return lines;
}
