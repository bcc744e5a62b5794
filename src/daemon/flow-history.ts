/** The history of flows as the configuration asks for it. */
import { dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { HistoryClient } from '../edges/history/client.ts';
import { FlowHistory } from '../edges/history/history.ts';
import { addHistoryMetrics } from '../edges/history/metrics.ts';
import { keeperSettings } from '../edges/history/settings.ts';
import type { KeeperSettings } from '../edges/history/wire.ts';
import type { EngineControl } from '../engine/commands.ts';
import type { Configuration } from './configuration.ts';

/** The history's thread needs nothing of others: it starts while the engine restores what stands. */
export interface HistoryThread {
  readonly settings: KeeperSettings;
  readonly client: Promise<HistoryClient>;
  /** Whether or not anybody has opened the history. */
  end(): Promise<void>;
}

export function startHistoryThread({ history, geo, stateDir, path }: Configuration): HistoryThread {
  const beside = (file: string | undefined) => file && resolve(dirname(path ?? '.'), file);
  const geography = { country: beside(geo.country), as: beside(geo.as) };
  const settings = keeperSettings(history, geography, join(stateDir, 'history.db'));
  const client = HistoryClient.start(settings);
  const end = () =>
    client.then(
      (started) => started.end(),
      () => {},
    );
  // What is wrong with it is told by whoever opens the history.
  client.catch(() => {});
  return { settings, client, end };
}

/** Never rejects: without a history everything else works. Close it before the engine ends. */
export async function openFlowHistory(
  { settings, client }: HistoryThread,
  engine: EngineControl,
  metrics: Registry,
  log: Logger,
): Promise<FlowHistory> {
  const opened = await FlowHistory.open({ engine, settings, log, thread: client });
  addHistoryMetrics(metrics, opened);
  return opened;
}
