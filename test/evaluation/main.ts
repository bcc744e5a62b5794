/**
 * Attacks of many kinds and strengths on honest hosts: how many are found, how soon, and how often nothing was wrong.
 *
 *   node test/evaluation/main.ts [CAPTURE_DIR] [--seeds N] [--out DIR] [--only KIND]
 *
 * Honest hosts are those of the captures in CAPTURE_DIR whose flows are labelled benign, without one they are made up.
 * Prints tables in Markdown; with --out also writes them to DIR/injected.md, with plots beside. The same captures and
 * seeds give the same tables.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { loadPolicyFile } from '../../src/policy/loader.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { type Background, readBackground } from './injection/background.ts';
import { catalogue } from './injection/catalogue.ts';
import { type Cell, cellOf } from './injection/cell.ts';
import { plots } from './injection/plots.ts';
import { report } from './injection/report.ts';
import { Stage } from './injection/stage.ts';
import { syntheticHost } from './injection/synthetic-host.ts';

const POLICY = fileURLToPath(new URL('../../policies/observe.yaml', import.meta.url));
const SYNTHETIC = 3;

async function backgrounds(directory: string | undefined): Promise<Background[]> {
  if (directory === undefined) return Array.from({ length: SYNTHETIC }, (_, i) => syntheticHost(i + 1));
  const files = (await readdir(directory)).filter((name) => name.includes('ndjson')).sort();
  const read = await Promise.all(files.map((name) => readBackground(join(directory, name))));
  return read.filter((background) => background !== undefined);
}

function shippedPolicy(): Policy {
  const result = loadPolicyFile(POLICY);
  if (!result.ok) throw new Error(`${POLICY} is not valid`);
  return result.policy;
}

function measure(stages: readonly Stage[], only: string | undefined): Cell[] {
  const all = catalogue();
  const experiments = all.filter(({ kind }) => only === undefined || kind === only);
  if (experiments.length === 0)
    throw new Error(`--only takes one of: ${[...new Set(all.map(({ kind }) => kind))].join(', ')}`);
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  if (process.stderr.isTTY) bar.start(experiments.length, 0);
  const cells = experiments.map((experiment) => {
    const cell = cellOf(experiment, stages);
    bar.increment();
    return cell;
  });
  bar.stop();
  return cells;
}

function countOf(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error('--seeds takes a number from 1 to 99');
  return Number(text);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '3' },
      out: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const hosts = await backgrounds(positionals[0]);
  if (hosts.length === 0) throw new Error(`${positionals[0]} holds no capture of a benign host`);
  const policy = shippedPolicy();
  const seeds = Array.from({ length: countOf(values.seeds) }, (_, i) => i + 1);
  const stages = hosts.flatMap((host) => seeds.map((seed) => new Stage(policy, host, seed)));
  const cells = measure(stages, values.only);
  const text = report(stages, cells);
  console.log(text);
  if (values.out === undefined) return;
  await mkdir(values.out, { recursive: true });
  await writeFile(join(values.out, 'injected.md'), `# Injected attacks\n\n${text}\n`);
  for (const [name, drawn] of await plots(cells)) await writeFile(join(values.out, name), drawn);
}

await main();
