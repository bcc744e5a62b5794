/** What a host does when nothing is wrong, one day of it. */
import { basename } from 'node:path';
import { type Address, formatAddress, parseAddress } from '../../../src/address/address.ts';
import { isNowhere } from '../../../src/detection/surroundings.ts';
import { readRecordedFlows } from '../../../src/flow/recorded/read.ts';
import { emptyRecordedFlow, type RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import type { RecordedFlows } from '../../../src/flow/recorded/recorded-flows.ts';
import { labelledHosts } from '../../../src/replay/backtest-roles.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The host's address here, so that the shipped policy has it in a host group as a site would. */
export const HOST: Address = parseAddress('10.77.0.10');

export interface Background {
  readonly name: string;
  /** By start, within 24 hours; all from HOST. Not empty. */
  readonly flows: readonly RecordedFlow[];
  readonly firstMs: number;
  /** The most bytes that were sent in an hour of the clock, and those of all day. */
  readonly mostInHour: number;
  readonly allDay: number;
}

/**
 * The first 24 hours of what the benign host with the most flows opened. Undefined for a capture with an infected host,
 * or without labels.
 */
export async function readBackground(file: string): Promise<Background | undefined> {
  const recorded = await readRecordedFlows([file]);
  const hosts = labelledHosts(recorded, () => false);
  const [busiest] = hosts.filter(({ role }) => role === 'benign').sort((x, y) => y.flows - x.flows);
  if (busiest === undefined || hosts.some(({ role }) => role === 'infected')) return undefined;
  return backgroundOf(basename(file).replace(/\..*$/, ''), flowsOf(recorded, busiest.host));
}

function flowsOf(recorded: RecordedFlows, host: string): RecordedFlow[] {
  const flows: RecordedFlow[] = [];
  for (let place = 0; place < recorded.length; place++) {
    const flow = emptyRecordedFlow();
    recorded.read(place, flow);
    if (formatAddress(flow.source) === host && !isNowhere(flow.destination)) flows.push(flow);
  }
  return flows;
}

/** `flows` by start, not empty. */
export function backgroundOf(name: string, flows: readonly RecordedFlow[]): Background {
  const firstMs = flows[0].startedAtMs;
  const day = flows
    .filter(({ startedAtMs }) => startedAtMs < firstMs + DAY_MS)
    .map((flow) => ({ ...flow, source: HOST }));
  const sent = new Map<number, number>();
  for (const { startedAtMs, bytesOut } of day) {
    const hour = Math.floor(startedAtMs / HOUR_MS);
    sent.set(hour, (sent.get(hour) ?? 0) + bytesOut);
  }
  return {
    name,
    flows: day,
    firstMs,
    mostInHour: Math.max(...sent.values()),
    allDay: [...sent.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}
