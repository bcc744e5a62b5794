/** What a report is made of besides the ledger: asked for on the main thread, where the engine and the history are. */
import type { Outcome } from '../../engine/commands.ts';
import type { RuleListing } from '../../engine/rule-hits.ts';
import type { Sums, TrafficLine } from './report.ts';

/** The history of flows, as far as a report asks it. */
export interface TrafficHistory {
  series(question: {
    step: 'hour' | 'day';
    fromMs: number;
    toMs: number;
  }): Promise<Outcome<{ points: (Sums & { atMs: number })[] }>>;
  top(question: {
    by: TopKey;
    fromMs: number;
    toMs: number;
    limit: number;
  }): Promise<Outcome<{ items: TrafficLine[]; other: Sums }>>;
  ruleUses(filter: { fromMs: number; toMs: number }, limit: number): Promise<Outcome<RuleUses[]>>;
}

export type TopKey = 'group' | 'host' | 'destination' | 'service' | 'rule' | 'country' | 'as';

/** What a rule was used for. `service`: protocol << 16 | port; null: others that are not told apart. */
export interface RuleUse extends Sums {
  readonly destination: string | null;
  readonly name?: string;
  readonly service: number | null;
}

export interface RuleUses {
  readonly rule: string;
  readonly uses: readonly RuleUse[];
  readonly truncated: boolean;
}

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReportInput {
  readonly period: Period;
  readonly madeAtMs: number;
  readonly host: string;
  readonly version: string;
  readonly ledgerPath: string;
  readonly traffic: TrafficInput | null;
  readonly rules: RuleListing | null;
  readonly uses: readonly RuleUses[];
  readonly gaps: readonly string[];
}

type Table = { items: TrafficLine[]; other: Sums };

export interface TrafficInput {
  readonly step: 'hour' | 'day';
  readonly points: (Sums & { atMs: number })[];
  readonly tables: Readonly<Record<TopKey, Table | null>>;
}

const LINES = 25;
const USES_OF_A_RULE = 2_000;
/** More hours than these make no plot that can be read. */
const MOST_HOURS_MS = 8 * 86_400_000;

/** Never rejects for what the history cannot say: that becomes a gap. */
export async function askHistory(
  history: TrafficHistory,
  { fromMs, toMs }: Period,
): Promise<Pick<ReportInput, 'traffic' | 'uses' | 'gaps'>> {
  // The last moment of the time, not the bucket that begins there.
  const asked = { fromMs, toMs: Math.max(fromMs, toMs - 1) };
  const step = toMs - fromMs > MOST_HOURS_MS ? 'day' : 'hour';
  const series = await history.series({ ...asked, step });
  if (!series.ok) {
    return { traffic: null, uses: [], gaps: [`traffic: ${series.refusal.message}`] };
  }
  const gaps: string[] = [];
  const table = async (by: TopKey): Promise<Table | null> => {
    const outcome = await history.top({ ...asked, by, limit: LINES });
    if (outcome.ok) return outcome.result;
    gaps.push(`traffic by ${by}: ${outcome.refusal.message}`);
    return null;
  };
  const tables = {
    group: await table('group'),
    host: await table('host'),
    destination: await table('destination'),
    service: await table('service'),
    rule: await table('rule'),
    country: await table('country'),
    as: await table('as'),
  };
  const uses = await history.ruleUses(asked, USES_OF_A_RULE);
  if (!uses.ok) gaps.push(`what rules were used for: ${uses.refusal.message}`);
  return {
    traffic: { step, points: series.result.points, tables },
    uses: uses.ok ? uses.result : [],
    gaps,
  };
}
