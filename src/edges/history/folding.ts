/**
 * What a bucket takes of a drain: the rows with the most bytes of each host and verdict, for the hosts with the most
 * bytes. The rest becomes rows of others, so that the sums stay.
 */
import type { TrafficRow } from '../../engine/traffic-totals.ts';
import type { BucketLimits } from './step.ts';

type Sums = Pick<TrafficRow, 'bytesOut' | 'bytesIn' | 'packets' | 'connections' | 'denied'>;

export function foldRows(rows: readonly TrafficRow[], limits: BucketLimits): TrafficRow[] {
  const kept = keptHosts(rows, limits.hosts);
  const placed = rows.map((row) =>
    row.host === null || kept.has(row.host) ? row : { ...row, host: null, destination: null, service: null },
  );
  const folded = Map.groupBy(placed, ({ host, kind, because }) => JSON.stringify([host, kind, because]));
  return [...folded.values()].flatMap((ofOne) => foldDestinations(ofOne, limits.destinations));
}

function keptHosts(rows: readonly TrafficRow[], most: number): Set<string> {
  const weights = new Map<string, number>();
  for (const row of rows) {
    if (row.host !== null) weights.set(row.host, (weights.get(row.host) ?? 0) + weightOf(row));
  }
  if (weights.size <= most) return new Set(weights.keys());
  const byWeight = [...weights].toSorted(([, x], [, y]) => y - x);
  return new Set(byWeight.slice(0, most).map(([host]) => host));
}

/** All of one host and verdict. */
function foldDestinations(rows: TrafficRow[], most: number): TrafficRow[] {
  const named = rows.filter(({ destination }) => destination !== null);
  const others = rows.filter(({ destination }) => destination === null);
  if (named.length > most) {
    named.sort((x, y) => weightOf(y) - weightOf(x));
    others.push(...named.splice(most));
  }
  return others.length === 0 ? named : [...named, joined(others)];
}

/** Bytes first; among those without, attempts. */
function weightOf({ bytesOut, bytesIn, connections, denied }: TrafficRow): number {
  return bytesOut + bytesIn + (connections + denied) / 1e6;
}

function joined(rows: readonly TrafficRow[]): TrafficRow {
  const sum = (name: keyof Sums) => rows.reduce((all, row) => all + row[name], 0);
  return {
    ...rows[0],
    destination: null,
    service: null,
    bytesOut: sum('bytesOut'),
    bytesIn: sum('bytesIn'),
    packets: sum('packets'),
    connections: sum('connections'),
    denied: sum('denied'),
  };
}
