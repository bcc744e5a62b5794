/** Which stations a quarantine covers: where the host's address is, unless others would be hit (coverage.ts). */
import { formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import { isStation, type Mac } from '../neighbour/mac.ts';
import { isContested, isLinkLocal, type Sighting } from '../neighbour/neighbour-book.ts';
import type { CoveredStation, Gap } from './coverage.ts';
import { type Attachment, type CoverageOrder, sightingsOf } from './coverage-order.ts';

/** Random link-layer addresses: a host that changes more often is followed no further. */
export const MAX_STATIONS = 4;
/** What comes with a host to its new station is seen at about the same time. */
const COMES_ALONG_MS = 60_000;
/** More at one station: a router, or a bridge that hides what is behind it. Hosts have several IPv6 addresses. */
export const MAX_SHARED = { 4: 3, 6: 24 } as const;

export function coveredStations(order: CoverageOrder, gaps: Gap[]): CoveredStation[] {
  const { host, attachment, before } = order;
  const stations = (before?.stations ?? []).filter(({ mac }) => !isProtected(mac, order, gaps));
  const sightings = sightingsOf(host, attachment);
  if (sightings.length === 0 && stations.length === 0) {
    const text = `${formatAddress(host)} has no neighbour entry: it is behind a router, or was silent since the start; by its address alone`;
    gaps.push({ reason: 'notAttached', text });
  }
  for (const sighting of sightings) {
    if (stations.some(({ mac }) => mac === sighting.mac)) continue;
    const gap = refusal(sighting, stations, order);
    if (gap) gaps.push(gap);
    else stations.push(coveredStation(sighting, attachment));
  }
  return stations;
}

/**
 * A covered station stays covered, whatever is claimed from there: by claiming a protected address a host would free
 * itself. Only what was known as the host's own counts, once another policy protects it.
 */
function isProtected(mac: Mac, { before, attachment, protection }: CoverageOrder, gaps: Gap[]): boolean {
  for (const address of (before?.addresses ?? []).map(parseAddress)) {
    const why = protection(address);
    if (why === undefined || !sightingsOf(address, attachment).some((each) => each.mac === mac)) continue;
    gaps.push(protectedGap(mac, why));
    return true;
  }
  return false;
}

function coveredStation({ mac, interfaceIndex }: Sighting, attachment: Attachment): CoveredStation {
  const link = attachment.link(interfaceIndex)?.name ?? String(interfaceIndex);
  return { mac, link, bridge: attachment.bridgeOf(interfaceIndex)?.name ?? null };
}

/** Why the station that has the host's address is not covered. */
function refusal(
  sighting: Sighting,
  stations: readonly CoveredStation[],
  order: CoverageOrder,
): Gap | undefined {
  const { mac, interfaceIndex } = sighting;
  const link = order.attachment.link(interfaceIndex);
  if (link === undefined || !link.isEthernet || !isStation(mac)) {
    return {
      reason: 'noStation',
      text: `${mac} on ${link?.name ?? interfaceIndex} is no station; by address alone`,
    };
  }
  const followed = stations.length > 0 || isContested(sighting, order.nowMs);
  return (
    protectedStation(mac, order) ??
    shared(sighting, order) ??
    (followed ? followedTo(sighting, stations, order) : undefined)
  );
}

function protectedStation(mac: Mac, { attachment, protection, host, nowMs }: CoverageOrder): Gap | undefined {
  if (attachment.isOurs(mac)) {
    return { reason: 'ownStation', text: `${mac} is this machine's own; by address alone` };
  }
  for (const sighting of attachment.at(mac)) {
    if (sameAddress(sighting.address, host) || isContested(sighting, nowMs)) continue;
    const why = protection(sighting.address);
    if (why !== undefined) return protectedGap(mac, why);
  }
  return undefined;
}

function shared({ mac }: Sighting, { attachment, nowMs }: CoverageOrder): Gap | undefined {
  const there = attachment.at(mac).filter((each) => !isContested(each, nowMs) && !isLinkLocal(each.address));
  for (const family of [4, 6] as const) {
    const count = there.filter(({ address }) => address.family === family).length;
    if (count <= MAX_SHARED[family]) continue;
    const text = `station ${mac} has ${count} or more IPv${family} addresses, so others stand behind it; by address alone`;
    return { reason: 'sharedStation', text };
  }
  return undefined;
}

/** The host's address has moved here: anybody can make it look so. */
function followedTo(
  { mac, address: named, sinceMs: movedAtMs }: Sighting,
  stations: readonly CoveredStation[],
  { attachment, before }: CoverageOrder,
): Gap | undefined {
  if (stations.length >= MAX_STATIONS) {
    const text = `it was at ${MAX_STATIONS} stations and is at ${mac} now: it is followed no further`;
    return { reason: 'tooManyStations', text };
  }
  const ours = [...(before?.addresses ?? []), ...(before?.released ?? [])];
  const other = attachment.at(mac).find(({ address, sinceMs }) => {
    const isOwn = sameAddress(address, named) || ours.includes(formatAddress(address));
    return !isOwn && sinceMs < movedAtMs - COMES_ALONG_MS;
  });
  if (other === undefined) return undefined;
  const text = `its address is at station ${mac} now, where ${formatAddress(other.address)} is as well; that station is not covered`;
  return { reason: 'othersStation', text };
}

function protectedGap(mac: Mac, why: string): Gap {
  return { reason: 'protectedStation', text: `station ${mac} is not covered: ${why}; by address alone` };
}
