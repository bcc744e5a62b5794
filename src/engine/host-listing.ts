/**
 * Established hosts for a person, a page at a time, found and written between the kernel's events, as flows are
 * (flow-listing.ts).
 */
import { formatAddress, parseAddress } from '../address/address.ts';
import type { Host, ProfileStore } from '../detection/profile-store.ts';
import { type HostPlace, listedHosts, summarizeShortly } from '../detection/profile-summary.ts';
import type { HostFilter, HostLine, HostListing } from './commands.ts';
import type { Job } from './job.ts';
import type { InForce } from './policy-keeper.ts';

/** Written between two pauses. */
const HOSTS_A_PIECE = 8;

/** @throws AddressError */
export function* listHosts(
  profiles: ProfileStore,
  { policy, compiled }: InForce,
  { group, sort: order = 'lastSeen', after, limit }: HostFilter,
  nowMs: number,
): Job<HostListing> {
  const isIn = ({ address }: Host) => group === undefined || compiled.groupsOf(address).includes(group);
  const behind = after === undefined ? undefined : placeOf(after);
  const found = yield* listedHosts(profiles, { order, limit: limit + 1, after: behind, accept: isIn });
  const shown = found.slice(0, limit);
  const hosts: HostLine[] = [];
  for (const [n, { host }] of shown.entries()) {
    if (n % HOSTS_A_PIECE === 0) yield;
    if (profiles.get(host.address) !== host) continue;
    const groups = compiled.groupsOf(host.address);
    const line = summarizeShortly(host, policy.detectors, nowMs);
    hosts.push({ host: formatAddress(host.address), groups, ...line });
  }
  const last = shown.at(-1);
  const next = found.length > limit && last !== undefined ? placeText(last.place) : null;
  return { hosts, established: profiles.established, truncated: next !== null, next };
}

/** A number as JavaScript writes it, and an address: `1791201600000_10.1.0.10`. */
const PLACE = /^([0-9]{1,16}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?)_([0-9a-f.:]{2,45})$/;

function placeText({ key, address }: HostPlace): string {
  return `${key}_${formatAddress(address)}`;
}

/** @throws AddressError */
function placeOf(text: string): HostPlace | undefined {
  const [, key, address] = PLACE.exec(text) ?? [];
  return key === undefined || address === undefined
    ? undefined
    : { key: Number(key), address: parseAddress(address) };
}
