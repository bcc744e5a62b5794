/**
 * A made-up office host, for where no captures are at hand: web by day in bursts, with the names asked for before;
 * clock and updates by day and night; a telemetry service by the hour; a push connection; some servers that are gone.
 * It is regular in the way honest programs are, and smaller than a real one.
 */
import { type Address, parseAddress } from '../../../src/address/address.ts';
import type { RecordedFlow } from '../../../src/flow/recorded/recorded-flow.ts';
import { type Background, backgroundOf, DAY_MS, HOST, HOUR_MS } from './background.ts';
import { exchange, failedConnection, outsideAddress, tcpConnection, UDP } from './connection.ts';
import { Draw } from './draw.ts';

/** A Monday. */
const DAY_BEGINS_MS = Date.UTC(2026, 0, 5);
const WORK = { fromHour: 8, toHour: 17 };
const SITES = 120;
const GONE = 0.05;
const BURST_EVERY_MS = 5 * 60_000;
const NTP_EVERY_MS = 1_024_000;
const TELEMETRY_EVERY_MS = HOUR_MS;
const RESOLVER: Address = parseAddress('9.9.9.10');
const CLOCK: Address = parseAddress('129.6.15.28');

export function syntheticHost(seed: number): Background {
  const draw = new Draw('synthetic host', seed);
  const flows = [...web(draw), ...clock(draw), ...telemetry(draw), ...updates(draw), push(draw)];
  const ordered = flows.map((flow): RecordedFlow => ({ ...flow, label: 'benign', note: 'synthetic' }));
  return backgroundOf(
    `synthetic-${seed}`,
    ordered.sort((x, y) => x.startedAtMs - y.startedAtMs),
  );
}

/** Somebody reads: a page, its parts from several servers, then a pause of minutes. */
function web(draw: Draw): RecordedFlow[] {
  // By rank: the first ones are everybody's favourites, of the last some are gone.
  const sites = Array.from({ length: SITES }, (_, rank) => ({
    address: outsideAddress(draw),
    gone: rank >= SITES / 2 && draw.chance(GONE),
  }));
  const flows: RecordedFlow[] = [];
  const endMs = DAY_BEGINS_MS + WORK.toHour * HOUR_MS;
  let atMs = DAY_BEGINS_MS + WORK.fromHour * HOUR_MS;
  for (; atMs < endMs; atMs += draw.exponential(BURST_EVERY_MS)) {
    const parts = 1 + draw.below(14);
    for (let part = 0; part < parts; part++) {
      const site = sites[Math.floor(SITES * draw.uniform(0, 1) ** 2)];
      const startedAtMs = atMs + draw.exponential(1_500);
      flows.push(question(startedAtMs - 40, draw), visit(site, startedAtMs, draw));
    }
  }
  return flows;
}

function visit(
  { address, gone }: { address: Address; gone: boolean },
  startedAtMs: number,
  draw: Draw,
): RecordedFlow {
  const ends = { host: HOST, destination: address, port: 443 };
  if (gone) return failedConnection(ends, startedAtMs, 'unanswered', draw);
  const transfer = {
    startedAtMs,
    durationMs: draw.logUniform(200, 120_000),
    dataOut: draw.logUniform(600, 40_000),
    dataIn: draw.logUniform(1_000, 1_500_000),
  };
  return tcpConnection(ends, transfer, draw);
}

function question(startedAtMs: number, draw: Draw): RecordedFlow {
  const ends = { host: HOST, destination: RESOLVER, port: 53 };
  const datagrams = {
    startedAtMs,
    durationMs: 20,
    packets: 1,
    packetOut: 68,
    packetIn: draw.uniform(90, 300),
  };
  return exchange(ends, UDP, datagrams, draw);
}

function clock(draw: Draw): RecordedFlow[] {
  const ends = { host: HOST, destination: CLOCK, port: 123 };
  return everyMs(NTP_EVERY_MS, 2_000, draw).map((startedAtMs) =>
    exchange(ends, UDP, { startedAtMs, durationMs: 30, packets: 1, packetOut: 76, packetIn: 76 }, draw),
  );
}

/** By the hour, late by some minutes, of sizes that depend on what there is to tell. */
function telemetry(draw: Draw): RecordedFlow[] {
  const ends = { host: HOST, destination: outsideAddress(draw), port: 443 };
  return everyMs(TELEMETRY_EVERY_MS, 10 * 60_000, draw).map((startedAtMs) =>
    tcpConnection(
      ends,
      { startedAtMs, durationMs: 700, dataOut: draw.logUniform(2_000, 60_000), dataIn: 4_000 },
      draw,
    ),
  );
}

/** Twice a day something large comes in, and once the files of the day go to a sync service. */
function updates(draw: Draw): RecordedFlow[] {
  const load = (hour: number, dataOut: number, dataIn: number) => {
    const startedAtMs = DAY_BEGINS_MS + draw.uniform(hour, hour + 1) * HOUR_MS;
    const ends = { host: HOST, destination: outsideAddress(draw), port: 443 };
    return tcpConnection(ends, { startedAtMs, durationMs: 90_000, dataOut, dataIn }, draw);
  };
  return [load(3, 40_000, 60e6), load(12, 40_000, 25e6), load(15, draw.uniform(4e6, 9e6), 30_000)];
}

function push(draw: Draw): RecordedFlow {
  const ends = { host: HOST, destination: outsideAddress(draw), port: 5228 };
  const startedAtMs = DAY_BEGINS_MS + WORK.fromHour * HOUR_MS;
  const durationMs = (WORK.toHour - WORK.fromHour) * HOUR_MS;
  return tcpConnection(ends, { startedAtMs, durationMs, dataOut: 30_000, dataIn: 60_000 }, draw);
}

/** All day from midnight on, each up to `lateMs` late. */
function everyMs(periodMs: number, lateMs: number, draw: Draw): number[] {
  const times: number[] = [];
  for (let atMs = DAY_BEGINS_MS; atMs < DAY_BEGINS_MS + DAY_MS - lateMs; atMs += periodMs)
    times.push(atMs + draw.uniform(0, lateMs));
  return times;
}
