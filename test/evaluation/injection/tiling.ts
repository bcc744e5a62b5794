/**
 * Many days from one: the same day again and again, each a little different, so that a host has a past.
 *
 *   the day as a whole          moved by up to 15 minutes: the gaps between its connections stay as they were, honest
 *                               timers too
 *   a destination and service   left out for a day, 1 of 20
 *                               at another address for a day, 1 of 12 (web only): sites move between the addresses of
 *                               their hosters; in the captures 1 to 16 % of the flows of later hours go to new ones
 *                               its larger connections 20 % more or less for a day
 *
 * What a real week has and this has not: weekends, changes of habit, programs that are installed.
 */
import { formatAddress } from '../../../src/address/address.ts';
import { isWeb } from '../../../src/detection/surroundings.ts';
import type { RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import { type Background, DAY_MS } from './background.ts';
import { outsideAddress } from './connection.ts';
import { Draw } from './draw.ts';

const MOVED_MS = 15 * 60_000;
const LEFT_OUT = 1 / 20;
const ELSEWHERE = 1 / 12;
const SIZE_SHARE = 0.2;
/** Smaller ones are dialogues that programs lead, the same each day. */
const LARGE = 16 * 1024;

/** The first day is the capture as it is. */
export function tile(background: Background, days: number, seed: number): RecordedFlow[] {
  const flows: RecordedFlow[] = [...background.flows];
  for (let day = 1; day < days; day++) flows.push(...again(background, day, seed));
  return flows;
}

function again({ name, flows }: Background, day: number, seed: number): RecordedFlow[] {
  const movedMs = day * DAY_MS + new Draw('day', name, seed, day).uniform(-MOVED_MS, MOVED_MS);
  const changes = new Map<string, (flow: RecordedFlow) => RecordedFlow | undefined>();
  return flows.flatMap((flow) => {
    const key = `${formatAddress(flow.destination)} ${flow.protocol} ${flow.destinationPort}`;
    const change = changes.get(key) ?? changeOf(flow, new Draw('service', name, seed, day, key));
    changes.set(key, change);
    return change({ ...flow, startedAtMs: flow.startedAtMs + movedMs }) ?? [];
  });
}

/** What is different today with this destination and service. */
function changeOf({ protocol, destinationPort }: RecordedFlow, draw: Draw) {
  if (draw.chance(LEFT_OUT)) return () => undefined;
  const moved = isWeb(protocol, destinationPort) && draw.chance(ELSEWHERE) ? outsideAddress(draw) : undefined;
  const size = draw.around(1, SIZE_SHARE);
  return (flow: RecordedFlow) => ({
    ...flow,
    ...(flow.bytesOut + flow.bytesIn >= LARGE ? scaled(flow, size) : {}),
    destination: moved ?? flow.destination,
  });
}

function scaled({ bytesOut, bytesIn, packetsOut, packetsIn }: RecordedFlow, by: number) {
  return {
    bytesOut: Math.round(bytesOut * by),
    bytesIn: Math.round(bytesIn * by),
    packetsOut: Math.round(packetsOut * by),
    packetsIn: Math.round(packetsIn * by),
  };
}
