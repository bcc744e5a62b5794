/** A program that asks its controller for orders by a timer. */
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { outsideAddress, tcpConnection } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface BeaconShape {
  readonly periodS: number;
  /** Each pause is drawn evenly from the period and up to this share of it more or less. */
  readonly jitter: number;
  readonly port: number;
  /** Bytes out and in of each beat differ by up to this share; 0: always the same. */
  readonly sizeJitter: number;
}

export function beacon(
  scene: Scene,
  { periodS, jitter, port, sizeJitter }: BeaconShape,
  draw: Draw,
): RecordedFlow[] {
  const ends = { host: scene.host, destination: outsideAddress(draw), port };
  const dataOut = draw.logUniform(150, 1_500);
  const dataIn = draw.logUniform(100, 2_500);
  const flows: RecordedFlow[] = [];
  for (let atMs = scene.startMs; atMs < scene.endMs; atMs += draw.around(periodS * 1000, jitter)) {
    const transfer = {
      startedAtMs: atMs,
      durationMs: draw.uniform(80, 900),
      dataOut: Math.round(draw.around(dataOut, sizeJitter)),
      dataIn: Math.round(draw.around(dataIn, sizeJitter)),
    };
    flows.push(tcpConnection(ends, transfer, draw));
  }
  return flows;
}
