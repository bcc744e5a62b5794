/** What grows with size: the same figure at 1, 10 and 100 times the size, and the exponent that fits. */
import type { Size } from './benches.ts';
import { benchDump } from './dump.ts';
import { benchElements } from './elements.ts';
import { type Figure, figure } from './figure.ts';
import { benchIdle } from './idle.ts';
import { benchMatch } from './match.ts';
import { benchPolicyLoad } from './policy-load.ts';

/** Each by its benchmark's name; `base` is the smallest size, and cost is what its figure comes to. */
interface Growth {
  readonly bench: string;
  readonly base: number;
  measure(size: number): Promise<Record<string, number>> | Record<string, number>;
}

const GROWTHS: readonly Growth[] = [
  {
    bench: 'dump',
    base: 10_000,
    measure: (entries) => ({ dump: benchDump({ entries, rules: 1_000, rounds: 3 })[0].value }),
  },
  {
    bench: 'elements',
    base: 1_000,
    measure: (blocks) => {
      const [median, , bulk] = benchElements({ blocks, rounds: 3 });
      return { element: median.value, bulk: bulk.value };
    },
  },
  {
    bench: 'match',
    base: 1_000,
    measure: (prefixes) => ({
      // Time a verdict.
      match: 1e9 / benchMatch({ rules: prefixes / 10, prefixes, verdicts: 2_000_000, rounds: 3 })[0].value,
    }),
  },
  {
    bench: 'policy-load',
    base: 10_000,
    measure: async (prefixes) => ({
      'policy-load': (await benchPolicyLoad({ rules: prefixes / 100, prefixes }))[0].value,
    }),
  },
  {
    bench: 'idle',
    base: 1_000,
    measure: async (flows) => ({ idle: (await benchIdle({ flows, seconds: 20 }))[0].value }),
  },
];

/** Linear is the goal for all of them. */
const LINEAR = 1;

export async function measureGrowth(size: Size, wanted?: readonly string[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { bench, base, measure } of GROWTHS) {
    if (wanted && !wanted.includes(bench)) continue;
    const first = size === 'smoke' ? base / 100 : base;
    const [small, middle, large] = [
      await measure(first),
      await measure(10 * first),
      await measure(100 * first),
    ];
    for (const name of Object.keys(small)) {
      const costs = [small[name], middle[name], large[name]].map((cost) => cost.toPrecision(3)).join(', ');
      const exponent = Math.log10(large[name] / small[name]) / 2;
      figures.push(figure(`growth-${name} (${costs})`, exponent, 'exponent', 'linear', LINEAR));
    }
  }
  return figures;
}
