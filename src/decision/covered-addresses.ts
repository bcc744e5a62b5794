/** Which other addresses of the host a quarantine covers: those at its stations, unless others would be hit (coverage.ts). */
import { formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import { isContested, isLinkLocal, type Sighting } from '../neighbour/neighbour-book.ts';
import type { CoveredStation, Gap } from './coverage.ts';
import { type Attachment, type CoverageOrder, sightingsOf } from './coverage-order.ts';

interface Addresses {
  readonly addresses: string[];
  readonly released: string[];
}

export function coveredAddresses(
  order: CoverageOrder,
  stations: readonly CoveredStation[],
  gaps: Gap[],
): Addresses {
  const { before, attachment, maxAddresses } = order;
  const released = [...(before?.released ?? [])];
  const addresses: string[] = [];
  const there = stations.flatMap(({ mac }) => attachment.at(mac));
  const seen = new Set(there.map(({ address }) => formatAddress(address)));
  for (const text of before?.addresses ?? []) {
    const protectedBy = order.protection(parseAddress(text));
    if (protectedBy !== undefined) gaps.push(protectedGap(text, protectedBy));
    else if (seen.has(text) || !isElsewhere(text, stations, attachment)) addresses.push(text);
    else released.push(text);
  }
  for (const sighting of there) {
    const text = formatAddress(sighting.address);
    if (sameAddress(sighting.address, order.host) || addresses.includes(text)) continue;
    const gap = addressGap(sighting, stations, order);
    if (gap) gaps.push(gap);
    else if (addresses.length + released.length < maxAddresses) addresses.push(text);
    else
      gaps.push({
        reason: 'tooManyAddresses',
        text: `it has more than ${maxAddresses} addresses: packets to further ones are let through, from them not`,
      });
  }
  return { addresses, released };
}

/** It moved to a station that is not the host's. */
function isElsewhere(text: string, stations: readonly CoveredStation[], attachment: Attachment): boolean {
  const sightings = sightingsOf(parseAddress(text), attachment);
  return sightings.length > 0 && !sightings.some(({ mac }) => stations.some((each) => each.mac === mac));
}

function addressGap(
  sighting: Sighting,
  stations: readonly CoveredStation[],
  { attachment, protection, nowMs }: CoverageOrder,
): Gap | undefined {
  const { address, mac, moved } = sighting;
  const text = formatAddress(address);
  const isOwn = stations.some((each) => each.mac === moved?.from);
  if (isContested(sighting, nowMs) && !isOwn) {
    const why = `${text} is claimed by station ${mac} and lately belonged to another: packets to it are let through`;
    return { reason: 'contestedAddress', text: why };
  }
  const protectedBy = protection(address);
  if (protectedBy !== undefined) return protectedGap(text, protectedBy);
  if (!isLinkLocal(address) || sightingsOf(address, attachment).length === 1) return undefined;
  const why = `${text} is also on another link, where it is somebody else's: packets to it are let through`;
  return { reason: 'ambiguousAddress', text: why };
}

function protectedGap(address: string, why: string): Gap {
  return { reason: 'protectedAddress', text: `${address} is the host's too and not covered: ${why}` };
}
