/** A program whose controller is gone: it tries again and again, and nobody answers. */
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { failedConnection, outsideAddress } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface DeadControllerShape {
  readonly periodS: number;
  readonly jitter: number;
  readonly port: number;
}

export function deadController(
  scene: Scene,
  { periodS, jitter, port }: DeadControllerShape,
  draw: Draw,
): RecordedFlow[] {
  const ends = { host: scene.host, destination: outsideAddress(draw), port };
  const outcome = draw.chance(0.5) ? 'refused' : 'unanswered';
  const flows: RecordedFlow[] = [];
  for (let atMs = scene.startMs; atMs < scene.endMs; atMs += draw.around(periodS * 1000, jitter))
    flows.push(failedConnection(ends, atMs, outcome, draw));
  return flows;
}
