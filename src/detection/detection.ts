/**
 * Detection: flows in, findings out. One thread, on the flows' own clock, memory bounded by the number of hosts.
 *
 *   change of a flow
 *      -> the host's profile (profile-store.ts), its hours turned
 *      -> started      acquaintance: is the destination new?     host watch: odd hours, fan-out
 *      -> bytes        track watch: volume, tunnels
 *      -> ended        track watch: beacon, failures             host watch: scan
 *
 * What is looked at: what a host of ours opens (outbound), and what is opened between two that are not (foreign), from
 * the side of the one that opens it.
 */
import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import type { Flow, FlowChange } from '../flow/flow.ts';
import { copyFlow, emptyFlow } from '../flow/flow-reader.ts';
import type { DetectorSettings } from '../policy/schema/detectors.ts';
import { Acquaintance } from './acquaintance.ts';
import { DestinationCensus } from './destination-census.ts';
import type { Finding } from './finding.ts';
import { FlowKeys, type HashKeys } from './flow-keys.ts';
import { GroupBaselines } from './group-baselines.ts';
import { HOUR_OUT, HOUR_UPLOAD, HOUR_UPLOAD_BACK, HostProfile, SUSPICION } from './host-profile.ts';
import { HostWatch } from './host-watch.ts';
import { longConnection } from './long-connection.ts';
import { outcomeOf } from './outcome.ts';
import { OutlierWatch } from './outlier-watch.ts';
import { ProfileStore } from './profile-store.ts';
import { HOUR_MS, MINUTE_MS, type Say, type Sight } from './sight.ts';
import { isInside, isNowhere, isWeb } from './surroundings.ts';
import { NO_TRACK } from './track-table.ts';
import { TrackWatch } from './track-watch.ts';
import { UploadWatch } from './upload-watch.ts';
import { service } from './wording.ts';

export interface DetectionOptions {
  /** @returns whether it was heard: what was not is said again with the next flow that shows it */
  readonly onFinding: (finding: Finding) => boolean;
  /** Kept with the profiles; chosen at random when left out. */
  readonly keys?: HashKeys;
  readonly maxHosts?: number;
}

export interface Watch {
  readonly settings: DetectorSettings;
  readonly groupsOf: (host: Address) => readonly string[];
}

/** Time that may pass between two calls of {@link Detection.advance} before what lies between counts as not watched. */
const GAP_MS = HOUR_MS;
const LONG = 4;

export class Detection {
  readonly profiles: ProfileStore;
  readonly keys: FlowKeys;
  readonly #onFinding: (finding: Finding) => boolean;
  readonly #acquaintance: Acquaintance;
  readonly #uploads: UploadWatch;
  readonly #tracks: TrackWatch;
  readonly #hosts: HostWatch;
  readonly outliers: OutlierWatch;
  readonly #sight: Sight;
  #settings: DetectorSettings = {};
  #nowMs = 0;
  #advancedMs = 0;
  /** Hours before this one were not watched. */
  #watchedFrom = 0;

  constructor({ onFinding, keys, maxHosts }: DetectionOptions) {
    this.#onFinding = onFinding;
    this.profiles = new ProfileStore(maxHosts);
    this.keys = new FlowKeys(keys);
    const groups = new GroupBaselines();
    this.#acquaintance = new Acquaintance(this.profiles, new DestinationCensus());
    this.#uploads = new UploadWatch(this.#acquaintance, groups, this.#say);
    this.#tracks = new TrackWatch(this.#acquaintance, this.#uploads, this.#say);
    this.#hosts = new HostWatch(this.#acquaintance, this.#uploads, groups, this.#say);
    this.outliers = new OutlierWatch(this.profiles.slots, this.#say);
    this.profiles.onSlotReused = (slot) => this.outliers.forget(slot);
    this.#sight = {
      flow: emptyFlow(),
      host: {
        address: emptyFlow().host,
        profile: new HostProfile(),
        dirty: false,
        savedAtMs: 0,
        slot: 0,
        older: undefined,
        newer: undefined,
      },
      keys: this.keys,
      nowMs: 0,
      minute: 0,
      track: NO_TRACK,
    };
  }

  /** Another policy is in force. */
  configure({ settings, groupsOf }: Watch): void {
    this.#settings = settings;
    this.#uploads.settings = settings;
    this.#uploads.groupsOf = groupsOf;
    this.#tracks.settings = settings;
    this.#hosts.settings = settings;
    this.outliers.isOn = settings.outlier !== undefined;
  }

  /**
   * Take a change of a flow. `known`: 'adopted' when it is older than the watch, so that its counters say nothing about
   * now; 'settled' when {@link unanswered} was called for it.
   */
  observe(change: FlowChange, nowMs: number, known?: 'adopted' | 'settled'): void {
    const { flow, kind } = change;
    if (flow.direction === 'inbound' || isNowhere(flow.destination) || isNowhere(flow.host)) return;
    const sight = this.#look(flow, nowMs);
    const adopted = known === 'adopted';
    if (kind === 'started' && !adopted) {
      const isNew = this.#acquaintance.meet(sight);
      this.#tracks.opened(sight, isNew);
      this.#hosts.opened(sight, isNew);
      this.outliers.opened(sight, isNew);
    }
    if (change.bytesOut > 0 || change.bytesIn > 0) this.#transferred(sight, change, adopted);
    if (kind === 'ended' && known !== 'settled') this.#settled(sight, outcomeOf(flow) !== 'answered');
    if (kind !== 'started') this.#longLived(sight);
  }

  /** Nobody has answered it for so long that nobody will. */
  unanswered(flow: Flow, nowMs: number): void {
    if (flow.direction === 'inbound' || isNowhere(flow.destination) || isNowhere(flow.host)) return;
    this.#settled(this.#look(flow, nowMs), true);
  }

  /** Time has passed; call it now and then while flows are watched as they come. */
  advance(nowMs: number): void {
    if (Math.abs(nowMs - this.#advancedMs) > GAP_MS) this.#watchedFrom = Math.ceil(nowMs / HOUR_MS);
    this.#advancedMs = nowMs;
  }

  /** The host's incident is closed: what it does is learnt again, and what is said of it is news. */
  acquit(host: Address): void {
    const known = this.profiles.get(host);
    if (known === undefined) return;
    known.profile.f64[known.profile.at + SUSPICION] = 0;
    known.profile.forgetSaid();
    known.profile.tracks.forgetSaid();
  }

  /** The score of the host's open incident, 0 when there is none: what is suspicious is not learnt from. */
  suspect(host: Address, score: number): void {
    const known = this.profiles.get(host);
    if (known !== undefined) known.profile.f64[known.profile.at + SUSPICION] = score;
  }

  #look(flow: Flow, nowMs: number): Sight {
    const sight = this.#sight;
    this.#nowMs = nextNow(this.#nowMs, nowMs);
    sight.flow = flow;
    sight.nowMs = this.#nowMs;
    sight.minute = Math.floor(this.#nowMs / MINUTE_MS);
    sight.host = this.profiles.touch(flow.host, this.#nowMs);
    this.#hosts.turnHours(sight.host, Math.floor(sight.minute / 60), this.#watchedFrom);
    this.keys.read(flow);
    sight.track = sight.host.profile.tracks.find(this.keys.high, this.keys.low);
    this.outliers.turn(sight);
    return sight;
  }

  #transferred(sight: Sight, change: FlowChange, adopted: boolean): void {
    const { f64, at } = sight.host.profile;
    if (!adopted) {
      f64[at + HOUR_OUT] += change.bytesOut;
      this.outliers.transferred(sight, change);
    }
    this.#tracks.transferred(sight, change, adopted);
    const ratio = this.#settings.volume?.uploadRatio;
    if (sight.track !== NO_TRACK || ratio === undefined || adopted) return;
    // Too little for a track of its own.
    if (change.bytesOut < ratio * change.bytesIn || isInside(sight.flow.destination)) return;
    f64[at + HOUR_UPLOAD] += change.bytesOut;
    f64[at + HOUR_UPLOAD_BACK] += change.bytesIn;
    this.#uploads.sentAnywhere(sight);
  }

  #settled(sight: Sight, failed: boolean): void {
    if (!failed) this.profiles.answered(sight.host);
    this.#hosts.settled(sight, failed);
    this.#tracks.settled(sight, failed);
    this.outliers.settled(sight, failed);
  }

  #longLived(sight: Sight): void {
    const settings = this.#settings.longConnection;
    const { flow, nowMs } = sight;
    if (settings === undefined || flow.startedAtMs === 0 || nowMs - flow.startedAtMs < settings.longerThan)
      return;
    const { protocol, destinationPort, destination, bytesOut, bytesIn } = flow;
    const judgement = longConnection(
      {
        service: service(protocol, destinationPort),
        destination: formatAddress(destination),
        ageS: (flow.lastSeenAtMs - flow.startedAtMs) / 1000,
        bytesOut,
        bytesIn,
        web: isWeb(protocol, destinationPort),
        inside: isInside(destination),
        novelty: this.#acquaintance.novelty(sight, this.#settings.newDestination),
      },
      settings,
    );
    if (judgement && sight.host.profile.isNews(LONG, judgement.confidence))
      this.#say('longConnection', sight, judgement, 'service');
  }

  readonly #say: Say = (detector, { flow, host, track }, { confidence, happened, normal }, scope) => {
    const heard = this.#onFinding({ detector, flow: copyFlow(flow), scope, confidence, happened, normal });
    if (heard) return;
    host.profile.forgetSaid();
    if (track !== NO_TRACK) host.profile.tracks.forgetSaid(track);
  };
}

const LATE_MS = 5 * 60_000;

/** Events that come late do not turn time back; a clock that was set back does. */
function nextNow(nowMs: number, atMs: number): number {
  return atMs >= nowMs || nowMs - atMs > LATE_MS ? atMs : nowMs;
}
