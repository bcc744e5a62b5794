/**
 * What each figure costs at 1, 10 and 100 times a size, and the exponent:
 *
 *   growth-NAME         by all three sizes, beside linear
 *   growth-NAME-upper   from 10 to 100 times: where a constant part hides least
 *   growth-NAME-beyond  of what comes on top of the constant part, where there is such
 */
import type { Size } from '../benches.ts';
import { type Figure, figure } from '../figure.ts';
import { type Costs, exponentsOf } from './exponent.ts';
import { GROWTHS, type Growth, type Measured } from './growths.ts';

/** Linear is the goal for all of them. */
const LINEAR = 1;

/** What `--only` may name. */
export const GROWTH_NAMES: readonly string[] = [...new Set(GROWTHS.flatMap(({ names }) => names))];

/** `report` is told of each as soon as it is measured. */
export async function measureGrowth(
  size: Size,
  wanted: readonly string[] | undefined,
  report: (figures: readonly Figure[]) => void,
): Promise<void> {
  for (const growth of GROWTHS) {
    if (wanted !== undefined && !growth.names.some((name) => wanted.includes(name))) continue;
    report(await figuresOf(growth, size));
  }
}

async function figuresOf({ names, of, base, smoke, measure }: Growth, form: Size): Promise<Figure[]> {
  const sizes = [1, 10, 100].map((times) => times * (form === 'smoke' ? smoke : base));
  const measured: Measured[] = [];
  for (const size of sizes) {
    process.stderr.write(`growth of ${names.join(', ')}: ${size.toLocaleString('en')} ${of} ...\n`);
    measured.push(await measure(size, form));
  }
  return Object.entries(measured[0]).flatMap(([name, { unit }]) => {
    const costs: Costs = [measured[0][name].cost, measured[1][name].cost, measured[2][name].cost];
    const told = costs.map((cost) => cost.toPrecision(3)).join(', ');
    const at = sizes.map((each) => each.toLocaleString('en')).join('; ');
    return exponentFigures(name, `${told} ${unit} at ${at} ${of}`, costs);
  });
}

function exponentFigures(name: string, told: string, costs: Costs): Figure[] {
  const { overall, upper, beyond } = exponentsOf(costs);
  const one = (what: string, exponent: number) => figure(what, exponent, 'exponent', 'linear', LINEAR);
  return [
    one(`growth-${name} (${told})`, overall),
    one(`growth-${name}-upper`, upper),
    ...(beyond === undefined ? [] : [one(`growth-${name}-beyond`, beyond)]),
  ];
}
