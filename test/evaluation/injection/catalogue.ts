/** Every attack that is tried, by kind, variant and strength. */
import { beacon } from './attack/beacon.ts';
import { deadController } from './attack/dead-controller.ts';
import { exfiltration } from './attack/exfiltration.ts';
import { oddHours } from './attack/odd-hours.ts';
import { scan } from './attack/scan.ts';
import { dnsTunnel, icmpTunnel } from './attack/tunnel.ts';
import { DAY_MS, HOUR_MS } from './background.ts';
import type { Experiment } from './experiment.ts';

export const PERIODS_S = [30, 60, 300, 900, 1_800, 3_600, 7_200] as const;
export const JITTERS = [0, 0.1, 0.2, 0.3, 0.4, 0.5] as const;
export const FACTORS = [1, 3, 10] as const;
export const RATES = [1 / 60, 1 / 6, 1, 10, 100] as const;
export const MEGABYTES = [10, 25, 50, 100, 250, 500] as const;

const DEAD_PERIODS_S = [15, 60, 300, 1_800] as const;
const CONNECTIONS = [15, 60, 300] as const;
const TUNNEL_RATES = [1_000, 10_000, 100_000] as const;
/** A beacon goes on for a day, or for so many beats when they are slow. */
const BEATS = 36;
const MEGABYTE = 1e6;
const MINUTE_MS = 60_000;

/** As the word for its axis: `30s`, `15m`, `2h`. */
export function spanText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  return seconds < 3_600 ? `${seconds / 60}m` : `${seconds / 3_600}h`;
}

/** `1/min`, `10/s`. */
export function rateText(aSecond: number): string {
  return aSecond < 1 ? `${Math.round(aSecond * 60)}/min` : `${aSecond}/s`;
}

const BEACON_VARIANTS = [
  { variant: 'tcp/443, same size', port: 443, sizeJitter: 0 },
  { variant: 'tcp/443, size ±10 %', port: 443, sizeJitter: 0.1 },
  { variant: 'tcp/4444, same size', port: 4444, sizeJitter: 0 },
  { variant: 'tcp/4444, size ±10 %', port: 4444, sizeJitter: 0.1 },
];

function beacons(): Experiment[] {
  return BEACON_VARIANTS.flatMap(({ variant, port, sizeJitter }) =>
    PERIODS_S.flatMap((periodS) =>
      JITTERS.map((jitter) => ({
        kind: 'beacon',
        variant,
        strength: `${spanText(periodS)} ±${Math.round(jitter * 100)} %`,
        historyDays: 1,
        lengthMs: Math.max(DAY_MS, BEATS * periodS * 1000),
        attack: (scene, draw) => beacon(scene, { periodS, jitter, port, sizeJitter }, draw),
      })),
    ),
  );
}

/** Times the most that the host sends in an hour (burst) or a day (leak). */
function thefts(): Experiment[] {
  const shapes = [
    {
      variant: 'burst of 10 min, 1 connection',
      spanS: 600,
      connections: 1,
      destinations: 1,
      of: 'mostInHour',
    },
    {
      variant: 'burst of 30 min, 60 connections, 20 destinations',
      spanS: 1_800,
      connections: 60,
      destinations: 20,
      of: 'mostInHour',
    },
    { variant: 'leak of 12 h, 1 connection', spanS: 43_200, connections: 1, destinations: 1, of: 'allDay' },
    {
      variant: 'leak of 12 h, 144 connections',
      spanS: 43_200,
      connections: 144,
      destinations: 1,
      of: 'allDay',
    },
  ] as const;
  return shapes.flatMap(({ variant, of, ...shape }) =>
    FACTORS.map((factor) => ({
      kind: 'exfiltration',
      variant,
      strength: `${factor}x`,
      historyDays: 2,
      lengthMs: shape.spanS * 1000,
      attack: (scene, draw) => exfiltration(scene, { ...shape, bytes: factor * scene.background[of] }, draw),
    })),
  );
}

/** The same by size, whatever the host sends. */
function sizedThefts(): Experiment[] {
  const shapes = [
    { variant: 'burst of 10 min', spanS: 600, connections: 1, destinations: 1 },
    { variant: 'leak of 12 h', spanS: 43_200, connections: 144, destinations: 1 },
  ];
  return shapes.flatMap(({ variant, ...shape }) =>
    MEGABYTES.map((megabytes) => ({
      kind: 'exfiltration by size',
      variant,
      strength: `${megabytes} MB`,
      historyDays: 2,
      lengthMs: shape.spanS * 1000,
      attack: (scene, draw) => exfiltration(scene, { ...shape, bytes: megabytes * MEGABYTE }, draw),
    })),
  );
}

function scans(): Experiment[] {
  return (['horizontal', 'vertical'] as const).flatMap((direction) =>
    RATES.map((rate) => ({
      kind: 'scan',
      variant: direction,
      strength: rateText(rate),
      historyDays: 1,
      lengthMs: 4 * HOUR_MS,
      attack: (scene, draw) => scan(scene, { direction, rate }, draw),
    })),
  );
}

function silentHours(): Experiment[] {
  return (['known', 'new'] as const).flatMap((destinations) =>
    CONNECTIONS.map((connections) => ({
      kind: 'odd hours',
      variant: `${destinations} destinations`,
      strength: `${connections} connections`,
      historyDays: 7,
      lengthMs: DAY_MS + HOUR_MS,
      attack: (scene, draw) => oddHours(scene, { connections, destinations }, draw),
    })),
  );
}

function tunnels(): Experiment[] {
  const kinds = { 'DNS tunnel': dnsTunnel, 'ICMP tunnel': icmpTunnel };
  return Object.entries(kinds).flatMap(([kind, tunnel]) =>
    TUNNEL_RATES.map((bytesPerS) => ({
      kind,
      variant: '30 min',
      strength: `${bytesPerS / 1000} kB/s`,
      historyDays: 1,
      lengthMs: 30 * MINUTE_MS,
      attack: (scene, draw) => tunnel(scene, { bytesPerS, spanS: 1_800 }, draw),
    })),
  );
}

function deadControllers(): Experiment[] {
  return [443, 4444].flatMap((port) =>
    DEAD_PERIODS_S.map((periodS) => ({
      kind: 'dead controller',
      variant: `tcp/${port}`,
      strength: `every ${spanText(periodS)}`,
      historyDays: 1,
      lengthMs: DAY_MS,
      attack: (scene, draw) => deadController(scene, { periodS, jitter: 0.2, port }, draw),
    })),
  );
}

export function catalogue(): Experiment[] {
  return [
    ...beacons(),
    ...thefts(),
    ...sizedThefts(),
    ...scans(),
    ...silentHours(),
    ...tunnels(),
    ...deadControllers(),
  ];
}
