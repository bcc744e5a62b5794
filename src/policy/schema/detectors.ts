/**
 * Settings of the detectors: what `spec.detectors` of a policy may say. A detector that is named is on; `{}` takes
 * the defaults, which are those of the file of that name in src/detection/, where formula and source are.
 */
import * as z from 'zod';
import { durationField, sizeField } from './quantity.ts';

const count = (value: number, description: string) =>
  z.int().min(1).max(1_000_000).default(value).meta({ description });
const span = (text: string, description: string) => durationField.prefault(text).meta({ description });
const bytes = (text: string, description: string) => sizeField.prefault(text).meta({ description });
const percent = (value: number, description: string) =>
  z.number().min(0).max(100).default(value).meta({ description });
const factor = (value: number, description: string) =>
  z.number().min(1).max(1_000).default(value).meta({ description });

const settings = {
  scan: z.strictObject({
    minTargets: count(10, 'Different hosts on one port, or ports of one host, that did not answer'),
    memory: span('24h', 'How long a failed first contact counts'),
  }),
  failedConnections: z.strictObject({
    minAttempts: count(10, 'Attempts at one address and port'),
    failedPercent: percent(90, 'Share of them that failed'),
    minSpan: span('5m', 'Time from the first to the last'),
  }),
  beacon: z.strictObject({
    minBeats: count(12, 'Connections in a row that are looked at'),
    minPeriod: span('10s', 'Shorter periods are not looked at'),
    maxPeriod: span('4h', 'Longer periods are not looked at'),
  }),
  volume: z.strictObject({
    floor: bytes('20MB', 'Less than this in one window is never reported'),
    factor: factor(3, 'Times the most that the host sent in a window of this length before'),
    uploadRatio: factor(12, 'Bytes sent for each byte received, from which on it is an upload'),
  }),
  oddHours: z.strictObject({
    minHistory: span('5d', 'Time that a host must have been watched'),
    minConnections: count(10, 'Connections in a silent hour'),
  }),
  newDestination: z.strictObject({
    minHistory: span('12h', 'Time that a host must have been watched'),
  }),
  longConnection: z.strictObject({
    longerThan: span('12h', 'Connections that stand longer, to the outside, are looked at'),
  }),
  dnsTunnel: z.strictObject({
    floor: bytes('1MB', 'Bytes sent to name servers in ten minutes'),
    queryBytes: count(120, 'Mean bytes of a query packet'),
  }),
  icmpTunnel: z.strictObject({
    floor: bytes('1MB', 'Bytes of ICMP sent to one destination in ten minutes'),
    packetBytes: count(150, 'Mean bytes of a packet'),
  }),
  fanOut: z.strictObject({
    factor: factor(4, 'Times the most new destinations in an hour before'),
    floor: count(200, 'Fewer new destinations in an hour are never reported'),
    minHistory: span('24h', 'Time that a host must have been watched'),
  }),
  outlier: z.strictObject({}),
} as const;

export type AnomalyDetector = keyof typeof settings;
export const ANOMALY_DETECTORS = Object.keys(settings) as readonly AnomalyDetector[] as readonly [
  AnomalyDetector,
  ...AnomalyDetector[],
];

/** Names of detectors that are on, with their settings. */
export const detectorsField = z
  .strictObject(settings)
  .partial()
  .meta({ description: 'Detectors that are on; {} takes the defaults' });

export type DetectorSettings = z.output<typeof detectorsField>;
/** Settings of one detector. */
export type Settings<D extends AnomalyDetector> = NonNullable<DetectorSettings[D]>;
