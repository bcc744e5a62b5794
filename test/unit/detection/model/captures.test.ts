/** On recorded traffic, which is not part of the repository. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OutlierJudge } from '../../../../src/detection/model/outlier.ts';
import {
  BENIGN,
  type CaptureFile,
  INFECTED,
  type Part,
  readCapture,
  windowsOf,
} from '../../../evaluation/model/captures.ts';

const DIRECTORY = fileURLToPath(new URL('../../../../../shared/data/flows', import.meta.url));
const absent = !existsSync(DIRECTORY);
if (absent)
  console.warn(`SKIPPED: the model was not tested on recorded traffic, as there is no ${DIRECTORY}`);

const HOUR_MS = 3_600_000;

async function benignDay(): Promise<Part[]> {
  const files: [string, CaptureFile][] = Object.entries(BENIGN);
  return Promise.all(
    files.map(async ([host, file]) => ({ host, flows: await readCapture(DIRECTORY, file), fromMs: 0 })),
  );
}

/** Share of outliers among the windows of a host that joins after half a day, and among those of all others. */
async function outlierShares(infected: CaptureFile): Promise<{ infected: number; benign: number }> {
  const parts = await benignDay();
  parts.push({ host: 'infected', flows: await readCapture(DIRECTORY, infected), fromMs: 12 * HOUR_MS });
  const judge = new OutlierJudge({ seed: 1 });
  const judged = { infected: 0, benign: 0 };
  const outliers = { infected: 0, benign: 0 };
  for (const { host, x } of windowsOf(parts)) {
    const { kind } = judge.judge(x);
    const side = host === 'infected' ? 'infected' : 'benign';
    if (kind !== 'abstained') judged[side]++;
    if (kind === 'outlier') outliers[side]++;
  }
  expect(judged.benign).toBeGreaterThan(250);
  return { infected: outliers.infected / judged.infected, benign: outliers.benign / judged.benign };
}

it.skipIf(absent).each(['njRAT', 'nmap scans'] as const)(
  '%s has outliers several times as often as benign hosts, which have few',
  async (name) => {
    const { infected, benign } = await outlierShares(INFECTED[name]);
    expect(infected).toBeGreaterThan(5 * benign);
    expect(benign).toBeLessThan(0.03);
  },
);
