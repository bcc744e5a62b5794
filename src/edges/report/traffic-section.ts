/** Traffic by whom, to whom, by what. */
import type { TrafficInput } from './input.ts';
import type { Sums, TrafficReport, TrafficTable } from './report.ts';

const NOTHING: TrafficTable = { lines: [], other: { bytesOut: 0, bytesIn: 0, connections: 0, denied: 0 } };

export function trafficSection({ step, points, tables }: TrafficInput): TrafficReport {
  const table = (of: TrafficInput['tables']['host']): TrafficTable =>
    of === null ? NOTHING : { lines: of.items.map(lineOf), other: of.other };
  return {
    total: points.reduce<Sums>(added, NOTHING.other),
    step,
    points,
    groups: table(tables.group),
    hosts: table(tables.host),
    destinations: table(tables.destination),
    services: table(tables.service),
    rules: table(tables.rule),
    countries: tables.country && table(tables.country),
    systems: tables.as && table(tables.as),
  };
}

export function added(x: Sums, y: Sums): Sums {
  return {
    bytesOut: x.bytesOut + y.bytesOut,
    bytesIn: x.bytesIn + y.bytesIn,
    connections: x.connections + y.connections,
    denied: x.denied + y.denied,
  };
}

function lineOf({
  key,
  name,
  bytesOut,
  bytesIn,
  connections,
  denied,
}: TrafficReport['hosts']['lines'][number]) {
  return { key, ...(name !== undefined && { name }), bytesOut, bytesIn, connections, denied };
}
