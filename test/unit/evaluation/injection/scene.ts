/** A place for attacks to happen. */
import { HOST } from '../../../evaluation/injection/background.ts';
import { Draw } from '../../../evaluation/injection/draw.ts';
import type { Scene } from '../../../evaluation/injection/scene.ts';
import { syntheticHost } from '../../../evaluation/injection/synthetic-host.ts';

export const START_MS = Date.UTC(2026, 0, 10, 7, 30);
const HOUR_MS = 3_600_000;

export const background = syntheticHost(1);

export function sceneOf({
  hours,
  silentHours = [],
}: {
  hours: number;
  silentHours?: readonly number[];
}): Scene {
  return { host: HOST, background, silentHours, startMs: START_MS, endMs: START_MS + hours * HOUR_MS };
}

export const drawOf = (seed: number): Draw => new Draw('test', seed);
