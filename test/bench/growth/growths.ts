/**
 * What grows with what. Where a figure's cost has more than one size (rules and prefixes), they grow together. At the
 * largest each is as the figure's own benchmark has it, or smaller.
 *
 * Packets that leak before a block have no line of their own: they are its latency times the sender's rate. Nor has the
 * comparison with peers, which is the same latency beside theirs.
 */

import type { Size } from '../benches.ts';
import { observe, replayRate } from '../detection.ts';
import { benchDump } from '../dump.ts';
import { benchElements } from '../elements.ts';
import type { Figure } from '../figure.ts';
import { benchIdle } from '../idle.ts';
import { benchMatch } from '../match.ts';
import { benchPolicyLoad } from '../policy-load.ts';
import { costOfEvents } from './events.ts';
import { costOfRules } from './rules.ts';
import { costOfStandingBlocks } from './standing-blocks.ts';

/** By name; each a cost, so that less is better. */
export type Measured = Readonly<Record<string, { readonly cost: number; readonly unit: string }>>;

export interface Growth {
  /** What `--only` takes for it: its benchmark's name, or the figure's. */
  readonly names: readonly string[];
  /** What there is 1, 10 and 100 times as much of. */
  readonly of: string;
  readonly base: number;
  readonly smoke: number;
  /** `form`: how long it may take, and nothing of the size. */
  measure(size: number, form: Size): Promise<Measured> | Measured;
}

const ROUNDS = { full: 3, smoke: 1 };
const VERDICTS = { full: 2_000_000, smoke: 20_000 };
const REHEARSAL_SECONDS = { full: 14, smoke: 0.1 };
const IDLE_SECONDS = { full: 30, smoke: 1 };
/** Of all that processor times tell. */
const TICK_S = 0.01;

export const GROWTHS: readonly Growth[] = [
  {
    names: ['dump'],
    ...{ of: 'connections', base: 10_000, smoke: 100 },
    measure: (entries, form) => {
      const figures = benchDump({ entries, rules: 1_000, rounds: ROUNDS[form] });
      return {
        dump: { cost: valueNamed(figures, 'dump'), unit: 's' },
        'dump-memory': { cost: valueNamed(figures, 'dump-rss'), unit: 'MB' },
      };
    },
  },
  {
    names: ['events'],
    ...{ of: 'standing connections', base: 1_000, smoke: 10 },
    measure: costOfEvents,
  },
  {
    names: ['latency', 'leak', 'peers', 'one-more-block', 'start'],
    ...{ of: 'standing blocks', base: 1_000, smoke: 5 },
    measure: costOfStandingBlocks,
  },
  {
    names: ['elements'],
    ...{ of: 'blocks', base: 1_000, smoke: 10 },
    measure: (blocks, form) => {
      const figures = benchElements({ blocks, rounds: ROUNDS[form] });
      return {
        element: { cost: valueNamed(figures, 'element-median'), unit: 'ms' },
        bulk: { cost: valueNamed(figures, 'bulk'), unit: 'ms' },
      };
    },
  },
  {
    names: ['match'],
    ...{ of: 'prefixes, a tenth as many rules', base: 1_000, smoke: 100 },
    measure: (prefixes, form) => {
      const load = { prefixes, verdicts: VERDICTS[form], rounds: ROUNDS[form] };
      const figures = benchMatch({ ...load, rules: prefixes / 10 });
      return { match: { cost: 1e9 / valueNamed(figures, 'match'), unit: 'ns' } };
    },
  },
  {
    names: ['policy-load'],
    ...{ of: 'prefixes, a hundredth as many rules', base: 10_000, smoke: 100 },
    measure: async (prefixes) => {
      const figures = await benchPolicyLoad({ rules: prefixes / 100, prefixes });
      return {
        'policy-load': { cost: valueNamed(figures, 'policy-load'), unit: 's' },
        'policy-load-memory': { cost: valueNamed(figures, 'policy-load-rss'), unit: 'MB' },
      };
    },
  },
  {
    names: ['detection', 'replay'],
    ...{ of: 'recorded flows', base: 10_000, smoke: 100 },
    measure: async (flows, form) => {
      const { value } = await replayRate(observe(), flows, ROUNDS[form]);
      return { replay: { cost: flows / value, unit: 's' } };
    },
  },
  {
    names: ['gateway', 'one-rule'],
    ...{ of: 'rules', base: 100, smoke: 1 },
    measure: costOfRules,
  },
  {
    names: ['idle'],
    ...{ of: 'standing connections', base: 1_000, smoke: 10 },
    measure: async (flows, form) => {
      const settledSeconds = IDLE_SECONDS[form];
      // The rehearsal after a start (engine/rehearsal) is over before.
      const firstSeconds = REHEARSAL_SECONDS[form];
      const share = valueNamed(await benchIdle({ flows, firstSeconds, settledSeconds }), 'idle');
      return { idle: { cost: Math.max(share, TICK_S / settledSeconds), unit: 'of a core' } };
    },
  },
];

/** Of the figure with this name, whatever it says behind it. */
function valueNamed(figures: readonly Figure[], name: string): number {
  const found = figures.find((each) => each.name === name || each.name.startsWith(`${name} (`));
  if (found === undefined) throw new Error(`no figure ${name}`);
  return found.value;
}
