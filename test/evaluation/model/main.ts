/**
 * Compares models for the learning part of detection on recorded captures, by hand:
 *
 *   node test/evaluation/model/main.ts DIRECTORY
 *
 * Three benign hosts play from hour 0 on one network; an infected one comes in two ways:
 *
 *   joins       a new host with nothing but the infected capture appears after 8, 11 or 14 hours
 *   infects     a benign host does what the infected one did besides its own work, from its 9th hour on
 *
 * Every window is scored by those before it and then learnt (test, then train), malicious ones too, with full weight.
 */
import { FEATURE_COUNT } from '../../../src/detection/model/features.ts';
import { OutlierJudge } from '../../../src/detection/model/outlier.ts';
import { WARM_UP_WINDOWS, WindowModel } from '../../../src/detection/model/window-model.ts';
import {
  BENIGN,
  type CaptureFile,
  type HostFlows,
  INFECTED,
  type LabelledWindow,
  readCapture,
  windowsOf,
} from './captures.ts';
import { HalfSpaceTrees } from './compared/half-space-trees.ts';
import { RandomCutForest } from './compared/random-cut-forest.ts';
import { RobustZ } from './compared/robust-z.ts';
import { SmallForest } from './compared/small-forest.ts';
import type { StreamModel } from './compared/stream-model.ts';
import { TailProbability } from './compared/tail-probability.ts';
import { mean, precisionAtTop, rocAuc, type Scored } from './measures.ts';

const HOUR_MS = 3_600_000;
const JOIN_HOURS = [8, 11, 14];
const INFECT_HOUR = 9;
const SEEDS = [1, 2, 3];
/** Windows before a model of one host alone is asked. */
const HOST_WARM_UP = 24;

type ModelOf = (seed: number) => StreamModel;
type Streams = readonly (readonly LabelledWindow[])[];
type Columns = ReadonlyMap<string, Streams>;
/** One model for all hosts, or one for each. */
type Scope = 'pooled' | 'host';

/** The shipped model, by its score, or by the rank of its score among the windows known, which is what it is used by. */
class Shipped implements StreamModel {
  readonly #model: WindowModel;
  readonly #byRank: boolean;

  constructor(seed: number, byRank: boolean) {
    this.#model = new WindowModel({ seed });
    this.#byRank = byRank;
  }

  score(x: Float64Array): number {
    const score = this.#model.score(x) ?? 0;
    return this.#byRank ? -this.#model.rarity(score) : score;
  }

  learn(x: Float64Array): void {
    this.#model.learn(x);
  }
}

const OTHERS: Readonly<Record<string, ModelOf>> = {
  'half-space trees': (seed) => new HalfSpaceTrees(FEATURE_COUNT, seed),
  'robust random cut forest': (seed) => new RandomCutForest(seed),
  'tail probabilities (ECOD)': () => new TailProbability(FEATURE_COUNT),
  'robust z': () => new RobustZ(),
};
const MODELS: Readonly<Record<Scope, Readonly<Record<string, ModelOf>>>> = {
  pooled: {
    '**isolation forest** (shipped), by score': (seed) => new Shipped(seed, false),
    '**isolation forest** (shipped), by rank': (seed) => new Shipped(seed, true),
    ...OTHERS,
  },
  host: { 'isolation forest': (seed) => new SmallForest(seed), ...OTHERS },
};
const WARM_UP: Readonly<Record<Scope, number>> = { pooled: WARM_UP_WINDOWS, host: HOST_WARM_UP };

/** Scores of all windows after the warm-up. */
function scores(stream: readonly LabelledWindow[], scope: Scope, make: () => StreamModel): Scored[] {
  const models = new Map<string, { model: StreamModel; learnt: number }>();
  const scored: Scored[] = [];
  for (const { host, x, malicious } of stream) {
    const key = scope === 'host' ? host : '';
    const known = models.get(key) ?? { model: make(), learnt: 0 };
    models.set(key, known);
    if (known.learnt++ >= WARM_UP[scope]) scored.push({ score: known.model.score(x), malicious });
    known.model.learn(x);
  }
  return scored;
}

/** `0.95 / 0.33`: ROC AUC and precision at the top 1 %, means over streams and seeds. */
function cell(streams: Streams, scope: Scope, make: ModelOf): string {
  const results = streams.flatMap((stream) => SEEDS.map((seed) => scores(stream, scope, () => make(seed))));
  const auc = mean(results.map(rocAuc));
  if (Number.isNaN(auc)) return 'abstains';
  return `${auc.toFixed(2)} / ${mean(results.map(precisionAtTop)).toFixed(2)}`;
}

function printTable(title: string, columns: Columns, scope: Scope): void {
  console.log(`\n${title}: ROC AUC / precision at the top 1 %\n`);
  console.log(`| model | ${[...columns.keys()].join(' | ')} |\n|---|${'---|'.repeat(columns.size)}`);
  for (const [name, make] of Object.entries(MODELS[scope])) {
    const cells = [...columns.values()].map((streams) => cell(streams, scope, make));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** What the shipped judge says: share of windows called outliers, of malicious and of benign ones. */
function printOutliers(columns: Columns): void {
  const cells = [...columns.values()].map((streams) => {
    const judged = streams.flatMap((stream) => SEEDS.flatMap((seed) => outliers(stream, seed)));
    const share = (malicious: boolean) => {
      const side = judged.filter((window) => window.malicious === malicious);
      return `${(100 * mean(side.map(({ score }) => score)) || 0).toFixed(1)} %`;
    };
    return `${share(true)} / ${share(false)}`;
  });
  console.log('\nA new host joins: outliers among malicious / benign windows\n');
  console.log(`| ${[...columns.keys()].join(' | ')} |\n|${'---|'.repeat(columns.size)}`);
  console.log(`| ${cells.join(' | ')} |`);
}

/** 1 for an outlier, 0 for a usual window. */
function outliers(stream: readonly LabelledWindow[], seed: number): Scored[] {
  const judge = new OutlierJudge({ seed });
  return stream.flatMap(({ x, malicious }) => {
    const { kind } = judge.judge(x);
    return kind === 'abstained' ? [] : [{ score: kind === 'outlier' ? 1 : 0, malicious }];
  });
}

async function readAll(
  directory: string,
  files: Readonly<Record<string, CaptureFile>>,
): Promise<[name: string, flows: HostFlows][]> {
  const names = Object.keys(files);
  return Promise.all(
    names.map(
      async (name): Promise<[string, HostFlows]> => [name, await readCapture(directory, files[name])],
    ),
  );
}

async function main(directory: string): Promise<void> {
  const infected = await readAll(directory, INFECTED);
  const benign = (await readAll(directory, BENIGN)).map(([host, flows]) => ({ host, flows, fromMs: 0 }));
  const joins = new Map<string, Streams>();
  const infects = new Map<string, Streams>();
  for (const [name, flows] of infected) {
    joins.set(
      name,
      JOIN_HOURS.map((hour) => windowsOf([...benign, { host: name, flows, fromMs: hour * HOUR_MS }])),
    );
    infects.set(
      name,
      benign.map(({ host, flows: own }) => {
        const lastMs = own[own.length - 1].startedAtMs;
        const during = flows.filter(({ startedAtMs }) => startedAtMs + INFECT_HOUR * HOUR_MS < lastMs);
        return windowsOf([...benign, { host, flows: during, fromMs: INFECT_HOUR * HOUR_MS }]);
      }),
    );
  }
  printOutliers(joins);
  printTable('A new host joins, one model', joins, 'pooled');
  printTable('A known host is infected, one model', infects, 'pooled');
  printTable('A known host is infected, a model for each host', infects, 'host');
}

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: node test/evaluation/model/main.ts DIRECTORY');
  process.exitCode = 2;
} else await main(directory);
