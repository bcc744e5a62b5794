/** A search for open services: one port of many addresses, or many ports of one. */
import { ipv4 } from '../../../../src/address/address.ts';
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { type Ends, failedConnection, outsideAddress, tcpConnection } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface ScanShape {
  readonly direction: 'horizontal' | 'vertical';
  /** Probes a second, at random times. */
  readonly rate: number;
}

/** A scan ends after so many probes, or with the scene. */
export const MOST_PROBES = 2_000;
const PORTS = [22, 23, 445, 1433, 3389, 5900] as const;
/** Of probes, how many are answered, and how many are refused; nobody says anything to the others. */
export const ANSWERED = 0.04;
export const REFUSED = 0.16;

export function scan(
  { host, startMs, endMs }: Scene,
  { direction, rate }: ScanShape,
  draw: Draw,
): RecordedFlow[] {
  const first = outsideAddress(draw);
  const port = draw.pick(PORTS);
  const flows: RecordedFlow[] = [];
  for (
    let atMs = startMs;
    atMs < endMs && flows.length < MOST_PROBES;
    atMs += draw.exponential(1000 / rate)
  ) {
    const target = flows.length;
    const ends =
      direction === 'vertical'
        ? { host, destination: first, port: 1 + target }
        : { host, destination: ipv4(first.d + target), port };
    flows.push(probe(ends, atMs, draw));
  }
  return flows;
}

function probe(ends: Ends, startedAtMs: number, draw: Draw): RecordedFlow {
  const luck = draw.uniform(0, 1);
  if (luck < ANSWERED)
    return tcpConnection(
      ends,
      { startedAtMs, durationMs: draw.uniform(10, 400), dataOut: 0, dataIn: 0 },
      draw,
    );
  return failedConnection(ends, startedAtMs, luck < ANSWERED + REFUSED ? 'refused' : 'unanswered', draw);
}
