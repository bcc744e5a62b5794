/** Somebody uses the host when its people do not: ordinary web traffic, at a time of day when there never was any. */
import type { RecordedFlow } from '../../../../src/flow/recorded/recorded-flow.ts';
import { HOUR_MS } from '../background.ts';
import { outsideAddress, tcpConnection } from '../connection.ts';
import type { Draw } from '../draw.ts';
import type { Scene } from '../scene.ts';

export interface OddHoursShape {
  /** In one hour. */
  readonly connections: number;
  /** Whether the host goes where it always goes, or where it has never been. */
  readonly destinations: 'known' | 'new';
}

const CONNECTIONS_A_DESTINATION = 6;
const WEB = 443;

/** Starts at the next silent hour; nothing when the host has none. */
export function oddHours(
  scene: Scene,
  { connections, destinations }: OddHoursShape,
  draw: Draw,
): RecordedFlow[] {
  const { silentHours, background } = scene;
  if (silentHours.length === 0) return [];
  const hour = draw.pick(silentHours);
  const fromMs = nextHour(scene.startMs, hour);
  const web = background.flows
    .filter(({ destinationPort }) => destinationPort === WEB)
    .map(({ destination }) => destination);
  const places = Array.from({ length: Math.ceil(connections / CONNECTIONS_A_DESTINATION) }, () =>
    destinations === 'known' ? draw.pick(web) : outsideAddress(draw),
  );
  const starts = Array.from({ length: connections }, () => fromMs + draw.uniform(0, HOUR_MS - 1));
  return starts
    .sort((x, y) => x - y)
    .map((startedAtMs) => {
      const ends = { host: scene.host, destination: draw.pick(places), port: WEB };
      const transfer = {
        startedAtMs,
        durationMs: draw.logUniform(200, 60_000),
        dataOut: draw.logUniform(500, 20_000),
        dataIn: draw.logUniform(1_000, 500_000),
      };
      return tcpConnection(ends, transfer, draw);
    });
}

/** The first time from `fromMs` on when an hour of the day (UTC) begins. */
function nextHour(fromMs: number, hourOfDay: number): number {
  const next = Math.ceil(fromMs / HOUR_MS);
  return (next + ((((hourOfDay - next) % 24) + 24) % 24)) * HOUR_MS;
}
