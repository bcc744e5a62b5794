/** Hosts with what they sent of late: found by words, in an order. */
import type { Schema } from 'penstock-client';

type HostLine = Schema<'HostLine'>;

export interface HostRow extends HostLine {
  /** Bytes in the window that was asked for; null: it is not known. */
  readonly bytesOut: number | null;
}

export const HOST_SORTS = [
  { value: 'lastSeen', words: 'Seen last' },
  { value: 'suspicion', words: 'Suspicion' },
  { value: 'bytes', words: 'Bytes sent' },
] as const;
export type HostSort = (typeof HOST_SORTS)[number]['value'];

/**
 * @param sent by host, the hosts that sent most; undefined: nobody knows
 * @param isWhole whether a host that is not in `sent` sent nothing
 */
export function hostRows(
  hosts: readonly HostLine[],
  sent: ReadonlyMap<string, number> | undefined,
  isWhole: boolean,
): HostRow[] {
  const others = sent !== undefined && isWhole ? 0 : null;
  return hosts.map((host) => ({ ...host, bytesOut: sent?.get(host.host) ?? others }));
}

/** Part of an address or of a group's name; several words must all be found. */
export function searchHosts(rows: readonly HostRow[], text: string): readonly HostRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ host, groups }) =>
    words.every((word) => host.includes(word) || groups.some((group) => group.toLowerCase().includes(word))),
  );
}

/** The highest first; what is not known last. */
export function sortHosts(rows: readonly HostRow[], sort: HostSort): HostRow[] {
  const key = (row: HostRow) =>
    ({ lastSeen: row.lastSeenMs, suspicion: row.suspicion, bytes: row.bytesOut ?? -1 })[sort];
  return rows.toSorted((one, other) => key(other) - key(one) || one.host.localeCompare(other.host));
}
