/** The history of flows as the configuration asks for it. */
import { dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { FlowHistory } from '../edges/history/history.ts';
import { addHistoryMetrics } from '../edges/history/metrics.ts';
import { keeperSettings } from '../edges/history/settings.ts';
import type { EngineControl } from '../engine/commands.ts';
import type { Configuration } from './configuration.ts';

/** Never rejects: without a history everything else works. Close it before the engine ends. */
export async function openFlowHistory(
  { history, geo, stateDir, path }: Configuration,
  engine: EngineControl,
  metrics: Registry,
  log: Logger,
): Promise<FlowHistory> {
  const beside = (file: string | undefined) => file && resolve(dirname(path ?? '.'), file);
  const geography = { country: beside(geo.country), as: beside(geo.as) };
  const settings = keeperSettings(history, geography, join(stateDir, 'history.db'));
  const opened = await FlowHistory.open({ engine, settings, log });
  addHistoryMetrics(metrics, opened);
  return opened;
}
