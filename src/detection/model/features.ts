/**
 * The features of one host's window of five minutes, in the order of the vector that the model sees.
 *
 * Counts, bytes and seconds are logarithms, ln(1 + x), so that a step means "so many times more"; shares are 0 to 1;
 * the ratio is a difference of logarithms. What does not exist in a window (bytes in a DNS flow when there is none)
 * is 0. Each is what a detector of the same thing would count: scan, failures, volume, DNS tunnel, beacon.
 */
import { percent, round, size, span } from '../wording.ts';

/** Places in the vector. */
export const Feature = {
  opened: 0,
  destinations: 1,
  ports: 2,
  toNew: 3,
  failed: 4,
  failedShare: 5,
  bytesOut: 6,
  bytesIn: 7,
  outOverIn: 8,
  dns: 9,
  dnsBytes: 10,
  leaderShare: 11,
  duration: 12,
} as const;

export const FEATURE_COUNT = 13;

interface Unit {
  /** From the vector to what a person counts in. */
  readonly fromVector: (x: number) => number;
  readonly text: (value: number) => string;
  /** On the scale of the vector: differences below it mean nothing, also where nothing else was ever seen. */
  readonly step: number;
}

/** Some are estimates; a person counts in whole ones. */
const COUNT: Unit = { fromVector: Math.expm1, text: (value) => String(Math.round(value)), step: 0.3 };
const BYTES: Unit = { fromVector: Math.expm1, text: size, step: 0.7 };
const SECONDS: Unit = { fromVector: Math.expm1, text: span, step: 0.3 };
const RATIO: Unit = { fromVector: Math.exp, text: round, step: 0.7 };
const SHARE: Unit = { fromVector: (x) => x, text: percent, step: 0.1 };

const DEFINITIONS: { readonly [K in keyof typeof Feature]: readonly [name: string, unit: Unit] } = {
  opened: ['connections opened in 5 minutes', COUNT],
  destinations: ['distinct destinations in 5 minutes', COUNT],
  ports: ['distinct destination ports in 5 minutes', COUNT],
  toNew: ['connections to destinations never seen before in 5 minutes', COUNT],
  failed: ['TCP connections refused or unanswered in 5 minutes', COUNT],
  failedShare: ['share of TCP connections refused or unanswered', SHARE],
  bytesOut: ['bytes sent in 5 minutes', BYTES],
  bytesIn: ['bytes received in 5 minutes', BYTES],
  outOverIn: ['bytes sent for each byte received', RATIO],
  dns: ['DNS connections in 5 minutes', COUNT],
  dnsBytes: ['bytes sent in a DNS connection', BYTES],
  leaderShare: ['share of connections to one destination', SHARE],
  duration: ['mean duration of a connection', SECONDS],
};
const IN_ORDER = Object.values(DEFINITIONS);

/** For a person, by place in the vector. */
export const FEATURES: readonly string[] = IN_ORDER.map(([name]) => name);

/** Of each feature, on the scale of the vector. */
export const STEPS = Float64Array.from(IN_ORDER, ([, unit]) => unit.step);

/** What a person would count: 812 connections, 0.98 of them, 1,300,000 bytes. */
export function inUnits(feature: number, x: number): number {
  return IN_ORDER[feature][1].fromVector(x);
}

/** `connections opened in 5 minutes: 812`. */
export function sentence(feature: number, value: number): string {
  const [name, unit] = IN_ORDER[feature];
  return `${name}: ${unit.text(value)}`;
}
