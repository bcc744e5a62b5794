/**
 * New destination: a weight for other detectors, never an alarm: of honest traffic, some percent goes where the host
 * has never been.
 *
 * Formula: 0 when the host was watched for less than `minHistory` before the destination was first seen (nothing is
 * known of it), else
 *   0.5   if the address is new but its network (/24, /48) is not
 *   0.8   if the network is new
 *   0.9   if, besides, the host has never used the service
 *   1     if the network is new and no other of at least MIN_HOSTS hosts goes there
 */
import type { Settings } from '../policy/schema/detectors.ts';

const MIN_HOSTS = 5;

export interface NoveltyFacts {
  /** How long the host had been watched when it first went to this address and service, ms. */
  readonly watchedBeforeMs: number;
  /** The same for the address's network. */
  readonly networkWatchedBeforeMs: number;
  /** The same for the service, wherever; less than 0 when it was forgotten. */
  readonly serviceWatchedBeforeMs: number;
  /** Since when the address is known, ms. */
  readonly knownForMs: number;
  /** Hosts that were seen, and those of them that go to this address. */
  readonly hosts: number;
  readonly hostsThere: number;
}

/** What was first seen longer ago than this is not new. */
const NEW_FOR_MS = 48 * 3_600_000;

/** 0: an old acquaintance, or nothing is known; 1: nobody here has ever been there. */
export function noveltyOf(facts: NoveltyFacts, { minHistory }: Settings<'newDestination'>): number {
  if (facts.watchedBeforeMs < minHistory || facts.knownForMs > NEW_FOR_MS) return 0;
  if (facts.networkWatchedBeforeMs < minHistory) return 0.5;
  if (facts.hosts >= MIN_HOSTS && facts.hostsThere <= 1) return 1;
  return facts.serviceWatchedBeforeMs >= minHistory ? 0.9 : 0.8;
}
