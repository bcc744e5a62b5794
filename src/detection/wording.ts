/** Numbers for people. */

import { hasPorts, protocolName } from '../policy/schema/protocol.ts';
import { formatSize } from '../policy/schema/quantity.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** `45 s`, `12 min`, `3.5 h`, `2.1 d`: two digits that matter. */
export function span(seconds: number): string {
  if (seconds < 2 * MINUTE_S) return `${round(seconds)} s`;
  if (seconds < 2 * HOUR_S) return `${round(seconds / MINUTE_S)} min`;
  if (seconds < 2 * DAY_S) return `${round(seconds / HOUR_S)} h`;
  return `${round(seconds / DAY_S)} d`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function size(bytes: number): string {
  return formatSize(Math.round(bytes));
}

/** `3.2`, `47`. */
export function round(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** `tcp/443`, `icmp`. */
export function service(protocol: number, port: number): string {
  return hasPorts(protocol) ? `${protocolName(protocol)}/${port}` : protocolName(protocol);
}
