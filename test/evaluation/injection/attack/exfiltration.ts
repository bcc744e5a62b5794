/** Data that is carried out over TLS, at once or little by little. */
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { outsideAddress, tcpConnection } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface ExfiltrationShape {
  /** Data, without headers. */
  readonly bytes: number;
  /** From the first byte to the last, seconds. */
  readonly spanS: number;
  /** At random times within the span, of parts that differ by up to four times: a timer and equal sizes would be a beacon. */
  readonly connections: number;
  /** Different addresses, used in turn. */
  readonly destinations: number;
}

const PORT = 443;
/** How long a connection of many lasts, as a share of the span that is its own on average. */
const BUSY = 0.6;
/** What TLS and HTTP say back. */
const ANSWER = { least: 3_000, most: 20_000 };

export function exfiltration(
  { host, startMs }: Scene,
  { bytes, spanS, connections, destinations }: ExfiltrationShape,
  draw: Draw,
): RecordedFlow[] {
  const addresses = Array.from({ length: destinations }, () => outsideAddress(draw));
  const parts = Array.from({ length: connections }, () => draw.logUniform(1, 4));
  const whole = parts.reduce((sum, part) => sum + part, 0);
  const spanMs = spanS * 1000;
  const durationMs = connections === 1 ? spanMs : (spanMs / connections) * BUSY;
  return parts.map((part, i) => {
    const ends = { host, destination: addresses[i % destinations], port: PORT };
    // The first marks the beginning, the last fits in.
    const startedAtMs = startMs + (i === 0 ? 0 : draw.uniform(0, spanMs - durationMs));
    const dataIn = draw.logUniform(ANSWER.least, ANSWER.most);
    return tcpConnection(ends, { startedAtMs, durationMs, dataOut: (bytes * part) / whole, dataIn }, draw);
  });
}
