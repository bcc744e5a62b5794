/**
 * One destination and service over time: keeps its track, and asks the detectors that look at tracks when there is
 * something new to look at.
 *
 *   a connection ends, or is not answered   failed connections, beacon
 *   bytes are sent                          volume, DNS and ICMP tunnels
 */
import { formatAddress } from '../address/address.ts';
import type { FlowChange } from '../flow/flow.ts';
import type { DetectorSettings } from '../policy/schema/detectors.ts';
import type { Acquaintance } from './acquaintance.ts';
import { beacon, isTimed, type Sizes } from './beacon.ts';
import { dnsTunnel } from './dns-tunnel.ts';
import { failedConnections } from './failed-connections.ts';
import { LAST_ANSWERED } from './host-profile.ts';
import { icmpTunnel } from './icmp-tunnel.ts';
import { BEATS } from './profile-layout.ts';
import { MINUTE_MS, type Say, type Sight } from './sight.ts';
import { isDns, isIcmp, isInside, isPeriodicByDesign, isWeb } from './surroundings.ts';
import { readTiming, type Timing } from './timing.ts';
import * as at from './track-table.ts';
import type { UploadWatch } from './upload-watch.ts';
import { service } from './wording.ts';

/** Connections that begin closer together are one beat: retries, and the many of one page. */
export const APART_MS = 5_000;
/** A single connection that sends this much gets a track of its own. */
const WORTH_A_TRACK = 256 * 1024;
/** Beats between two looks at the timing: few while the ring fills, more later, fewer when they are far between. */
const LOOK_EVERY = { slow: { early: 2, late: 6 }, fast: { early: 4, late: BEATS / 2 } };
const SLOW_MS = 5 * MINUTE_MS;
const EARLY = 2 * BEATS;
const ANSWERED_LATELY_MS = 30 * MINUTE_MS;

const BEACON = 0;
const FAILURES = 1;
const TUNNEL = 3;

export class TrackWatch {
  readonly #acquaintance: Acquaintance;
  readonly #uploads: UploadWatch;
  readonly #say: Say;
  settings: DetectorSettings = {};

  constructor(acquaintance: Acquaintance, uploads: UploadWatch, say: Say) {
    this.#acquaintance = acquaintance;
    this.#uploads = uploads;
    this.#say = say;
  }

  /** A connection begins; `isNew`: the host had never been there. The second time there is a track. */
  opened(sight: Sight, isNew: boolean): void {
    if (isNew || sight.track !== at.NO_TRACK) return;
    const { firstMinute } = sight.host.profile.destinations.look(sight.keys.low);
    const firstMs = Math.min(firstMinute * MINUTE_MS, sight.nowMs);
    this.#begin(sight, firstMs);
  }

  transferred(sight: Sight, change: FlowChange, adopted: boolean): void {
    const { flow, nowMs } = sight;
    const { tracks } = sight.host.profile;
    let { bytesOut, bytesIn, packetsOut } = change;
    if (sight.track === at.NO_TRACK) {
      if (flow.bytesOut < WORTH_A_TRACK || adopted) return;
      this.#begin(sight, startOf(sight));
      // More before this: it is older than the watch, or has lost its track. Then only this is of now.
      if (flow.bytesOut - bytesOut < WORTH_A_TRACK) ({ bytesOut, bytesIn, packetsOut } = flow);
    }
    if (adopted) return;
    tracks.transfer(sight.track, bytesOut, bytesIn, packetsOut, nowMs);
    this.#uploads.sent(sight, bytesOut);
    this.#tunnels(sight);
  }

  #begin(sight: Sight, firstMs: number): void {
    const { tracks } = sight.host.profile;
    sight.track = tracks.begin(sight.keys.high, sight.keys.low, firstMs, sight.nowMs);
    tracks.mark(sight.track, at.INSIDE, isInside(sight.flow.destination));
  }

  /** How one connection came out, at its end or when nobody has answered. */
  settled(sight: Sight, failed: boolean): void {
    const { track, flow } = sight;
    const { tracks } = sight.host.profile;
    if (track === at.NO_TRACK) return;
    const isBeat = tracks.beat(track, startOf(sight), flow.bytesOut, flow.bytesIn, APART_MS);
    tracks.settle(track, failed);
    if (!isBeat || isPeriodicByDesign(flow.protocol, flow.destinationPort)) return;
    if (failed) this.#failures(sight);
    else this.#beacon(sight);
  }

  #failures(sight: Sight): void {
    const { settings } = this;
    const { track, host } = sight;
    const { tracks, f64, at: head } = host.profile;
    const beats = tracks.count(track, at.BEAT_COUNT);
    const first = tracks.number(track, at.FIRST);
    if (settings.failedConnections === undefined || beats < settings.failedConnections.minAttempts) return;
    const answeredMs = f64[head + LAST_ANSWERED];
    const judgement = failedConnections(
      {
        ...this.#named(sight),
        attempts: tracks.count(track, at.ATTEMPTS),
        failures: tracks.count(track, at.FAILURES),
        beats,
        spanS: (tracks.number(track, at.LAST) - first) / 1000,
        timing: this.#timing(sight),
        othersAnswer: answeredMs >= first && answeredMs >= startOf(sight) - ANSWERED_LATELY_MS,
      },
      settings.failedConnections,
    );
    if (judgement && tracks.isNews(track, FAILURES, judgement.confidence))
      this.#say('failedConnections', sight, judgement, 'service');
  }

  #beacon(sight: Sight): void {
    const { settings } = this;
    const { track } = sight;
    const { tracks } = sight.host.profile;
    const beats = tracks.count(track, at.BEAT_COUNT);
    if (settings.beacon === undefined || beats < settings.beacon.minBeats) return;
    if (beats % this.#lookEvery(sight, beats) !== 0) return;
    const timing = this.#timing(sight);
    if (timing === undefined || !isTimed(timing)) return;
    const judgement = beacon(
      {
        ...this.#named(sight),
        beats,
        spanS: (tracks.number(track, at.LAST) - tracks.number(track, at.FIRST)) / 1000,
        timing,
        out: sizesOf(sight, 0),
        in: sizesOf(sight, 1),
        novelty: this.#acquaintance.novelty(sight, settings.newDestination),
      },
      settings.beacon,
    );
    if (judgement && tracks.isNews(track, BEACON, judgement.confidence))
      this.#say('beacon', sight, judgement, 'service');
  }

  #lookEvery({ host, track }: Sight, beats: number): number {
    const { tracks } = host.profile;
    const pauseMs = (tracks.number(track, at.LAST) - tracks.number(track, at.FIRST)) / beats;
    const every = pauseMs >= SLOW_MS ? LOOK_EVERY.slow : LOOK_EVERY.fast;
    return beats <= EARLY ? every.early : every.late;
  }

  #tunnels(sight: Sight): void {
    const { flow, track } = sight;
    const { tracks } = sight.host.profile;
    const dns = isDns(flow.protocol, flow.destinationPort);
    if (!dns && !isIcmp(flow.protocol)) return;
    const settings = dns ? this.settings.dnsTunnel : this.settings.icmpTunnel;
    const bytesOut = tracks.number(track, at.SHORT_OUT);
    // Nearly always: names and words cost more than all else.
    if (settings === undefined || bytesOut < settings.floor) return;
    const facts = { ...this.#named(sight), bytesOut, packetsOut: tracks.number(track, at.SHORT_PACKETS) };
    const detector = dns ? 'dnsTunnel' : 'icmpTunnel';
    const judgement = dns
      ? this.settings.dnsTunnel && dnsTunnel(facts, this.settings.dnsTunnel)
      : this.settings.icmpTunnel && icmpTunnel(facts, this.settings.icmpTunnel);
    if (judgement && tracks.isNews(track, TUNNEL, judgement.confidence))
      this.#say(detector, sight, judgement, 'service');
  }

  #named({ flow }: Sight) {
    const { protocol, destinationPort, destination } = flow;
    return {
      service: service(protocol, destinationPort),
      destination: formatAddress(destination),
      web: isWeb(protocol, destinationPort),
      inside: isInside(destination),
    };
  }

  #timing({ host, track }: Sight): Timing | undefined {
    return readTiming(host.profile.tracks.intervals(track));
  }
}

/** Without a time from the kernel, when it was seen must do. */
function startOf({ flow, nowMs }: Sight): number {
  return flow.startedAtMs === 0 ? nowMs : flow.startedAtMs;
}

const SAME_SHARE = 0.02;
const SAME_BYTES = 16;
const ALIKE_SHARE = 0.25;

/** `side` 0: out; 1: in. */
function sizesOf({ host, track }: Sight, side: 0 | 1): Sizes {
  const { tracks } = host.profile;
  const filled = Math.min(BEATS, tracks.count(track, at.BEAT_COUNT));
  const ring = tracks.sizes(track);
  const sizes: number[] = [];
  for (let i = 0; i < filled; i++) sizes.push(at.sizeOf(ring[i * 2 + side]));
  sizes.sort((x, y) => x - y);
  const median = sizes[sizes.length >> 1];
  const within = (slack: number) => sizes.filter((size) => Math.abs(size - median) <= slack).length / filled;
  return {
    medianBytes: Math.round(median),
    constancy: within(Math.max(SAME_BYTES, median * SAME_SHARE)),
    likeness: within(Math.max(SAME_BYTES, median * ALIKE_SHARE)),
  };
}
