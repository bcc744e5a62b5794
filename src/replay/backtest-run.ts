/** Labelled captures through a policy, each by itself: hosts of one know nothing of those of another. */
import { basename } from 'node:path';
import { formatAddress } from '../address/address.ts';
import { readRecordedFlows } from '../flow/recorded/read.ts';
import type { RecordedFlows } from '../flow/recorded/recorded-flows.ts';
import { compilePolicy } from '../policy/compiled-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { ANOMALY_DETECTORS } from '../policy/schema/detectors.ts';
import { type BacktestResult, backtestResult, type JudgedCapture } from './backtest.ts';
import { labelledHosts, type Named, NOBODY_NAMED } from './backtest-roles.ts';
import { type Progress, replayFlows } from './replay.ts';

export interface Backtest extends BacktestResult {
  /** Named hosts that opened no flow in any capture: a typing error, most likely. */
  readonly unseen: readonly string[];
}

export interface BacktestOptions {
  readonly named?: Named;
  readonly onProgress?: Progress;
}

/** @throws RecordingError */
export async function backtest(
  policy: Policy,
  paths: readonly string[],
  options: BacktestOptions = {},
): Promise<Backtest> {
  const judged: JudgedCapture[] = [];
  for (const path of paths) judged.push(await judge(policy, path, options));
  const on = ANOMALY_DETECTORS.filter((name) => policy.detectors[name] !== undefined);
  return { ...backtestResult(judged, on), unseen: unseen(judged, options.named) };
}

function unseen(judged: readonly JudgedCapture[], { infected, benign }: Named = NOBODY_NAMED): string[] {
  const seen = new Set(judged.flatMap(({ hosts }) => hosts.map(({ host }) => host)));
  return [...infected, ...benign].map(formatAddress).filter((host) => !seen.has(host));
}

async function judge(
  policy: Policy,
  path: string,
  { named, onProgress }: BacktestOptions,
): Promise<JudgedCapture> {
  const flows = await readRecordedFlows([path], {
    onProgress: (done, total) => onProgress?.('read', done, total),
  });
  const compiled = compilePolicy(policy);
  return {
    name: nameOf(path),
    flows: flows.length,
    spanMs: spanOf(flows),
    hosts: labelledHosts(flows, (address) => compiled.isOurs(address), named),
    incidents: replayFlows(policy, flows, onProgress ? { onProgress } : {}),
  };
}

/** Without what tells its format. */
function nameOf(path: string): string {
  return basename(path).replace(/(?<=.)\.(?:ndjson|json|log|csv|tsv)?(?:\.?(?:gz|zst))?$/, '');
}

function spanOf(flows: RecordedFlows): number {
  return flows.length === 0 ? 0 : flows.startedAtMs(flows.length - 1) - flows.startedAtMs(0);
}
