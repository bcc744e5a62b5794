/** What a host uploads: one destination over an hour and a day, all destinations together over an hour. */
import { formatAddress } from '../address/address.ts';
import type { DetectorSettings } from '../policy/schema/detectors.ts';
import type { Acquaintance } from './acquaintance.ts';
import type { GroupBaselines } from './group-baselines.ts';
import {
  HOUR,
  HOUR_OUT,
  HOUR_UPLOAD,
  HOUR_UPLOAD_BACK,
  HOURS_WATCHED,
  type HostProfile,
} from './host-profile.ts';
import { HOURS } from './profile-layout.ts';
import { robustScore } from './robust-score.ts';
import { HOUR_MS, type Say, type Sight } from './sight.ts';
import { isInside } from './surroundings.ts';
import * as at from './track-table.ts';
import { type VolumeFacts, volume } from './volume.ts';
import { service } from './wording.ts';

const UPLOAD = 2;
const ALL = 3;
/** The longer window. */
export const DAY_HOURS = 24;
/** One destination that gets more than this of all is looked at alone. */
const MAIN_SHARE = 0.7;

interface Uploaded {
  out: number;
  in: number;
  /** What went to the one destination that got the most. */
  largest: number;
}

export class UploadWatch {
  readonly #acquaintance: Acquaintance;
  readonly #groups: GroupBaselines;
  readonly #say: Say;
  settings: DetectorSettings = {};
  groupsOf: (host: Sight['flow']['host']) => readonly string[] = () => [];

  constructor(acquaintance: Acquaintance, groups: GroupBaselines, say: Say) {
    this.#acquaintance = acquaintance;
    this.#groups = groups;
    this.#say = say;
  }

  /** Bytes were counted into the track. Costs two comparisons until there is something to look at. */
  sent(sight: Sight, bytesOut: number): void {
    const settings = this.settings.volume;
    if (settings === undefined || bytesOut === 0) return;
    const { profile } = sight.host;
    const { tracks } = profile;
    const { track } = sight;
    const hourOut = tracks.number(track, at.HOUR_OUT);
    const hourIn = tracks.number(track, at.HOUR_IN);
    if (hourOut >= settings.floor) this.#look(sight, { out: hourOut, in: hourIn }, 1);
    else {
      const dayOut = tracks.number(track, at.HALF_OUT) + tracks.number(track, at.LAST_HALF_OUT);
      const dayIn = tracks.number(track, at.HALF_IN) + tracks.number(track, at.LAST_HALF_IN);
      if (dayOut >= settings.floor) this.#look(sight, { out: dayOut, in: dayIn }, DAY_HOURS);
    }
    if (hourOut >= hourIn * settings.uploadRatio && tracks.count(track, at.INSIDE) === 0)
      this.sentAnywhere(sight);
  }

  /**
   * Bytes were uploaded to the outside, counted into a track or not. Only such a flow shows what the host does, and may
   * be acted upon. Costs one comparison until there is something to look at.
   */
  sentAnywhere(sight: Sight): void {
    const settings = this.settings.volume;
    const { f64, at: head } = sight.host.profile;
    if (settings !== undefined && f64[head + HOUR_OUT] >= settings.floor) this.#lookAtAll(sight);
  }

  /** Uploads of the running hour, all destinations together; of tracks, those that count. */
  uploaded(profile: HostProfile, ratio: number, counts: (track: number) => boolean): Uploaded {
    const { head, tracks } = profile;
    const all: Uploaded = { out: head[HOUR_UPLOAD], in: head[HOUR_UPLOAD_BACK], largest: 0 };
    for (let track = 0; track < tracks.size; track++) {
      if (tracks.number(track, at.HOUR) !== head[HOUR]) continue;
      if (!counts(track)) continue;
      const out = tracks.number(track, at.HOUR_OUT);
      const back = tracks.number(track, at.HOUR_IN);
      if (out < ratio * back) continue;
      all.out += out;
      all.in += back;
      all.largest = Math.max(all.largest, out);
    }
    return all;
  }

  #look(sight: Sight, bytes: { out: number; in: number }, hours: number): void {
    const settings = this.settings.volume;
    if (settings === undefined || bytes.out < bytes.in * settings.uploadRatio) return;
    const { flow, host } = sight;
    const judgement = volume(
      {
        ...this.#past(sight, bytes.out, hours),
        destination: formatAddress(flow.destination),
        service: service(flow.protocol, flow.destinationPort),
        bytesOut: bytes.out,
        bytesIn: bytes.in,
        inside: isInside(flow.destination),
        novelty: this.#acquaintance.novelty(sight, this.settings.newDestination),
      },
      settings,
    );
    if (judgement && host.profile.tracks.isNews(sight.track, UPLOAD, judgement.confidence))
      this.#say('volume', sight, judgement, 'service');
  }

  #lookAtAll(sight: Sight): void {
    const settings = this.settings.volume;
    const { profile } = sight.host;
    if (settings === undefined) return;
    // To the outside: what is stored inside is no theft, however many do it together.
    const isOutside = (track: number) => profile.tracks.count(track, at.INSIDE) === 0;
    const { out: bytesOut, in: bytesIn, largest } = this.uploaded(profile, settings.uploadRatio, isOutside);
    if (bytesOut < settings.floor || largest > bytesOut * MAIN_SHARE) return;
    const judgement = volume(
      {
        ...this.#past(sight, bytesOut, 1),
        destination: null,
        service: 'all services',
        bytesOut,
        bytesIn,
        inside: false,
        novelty: 0,
      },
      settings,
    );
    if (judgement && profile.isNews(ALL, judgement.confidence)) this.#say('volume', sight, judgement, 'host');
  }

  #past(
    { host, flow }: Sight,
    bytesOut: number,
    hours: number,
  ): Pick<VolumeFacts, 'windowS' | 'most' | 'hoursWatched' | 'groupMost' | 'score'> {
    const { profile } = host;
    return {
      windowS: (hours * HOUR_MS) / 1000,
      most: mostIn(profile, hours),
      // Before the window began.
      hoursWatched:
        hours === 1 ? profile.head[HOURS_WATCHED] : Math.max(0, profile.head[HOURS_WATCHED] - hours),
      groupMost: this.#groups.most(this.groupsOf(flow.host)) * hours,
      score: hours === 1 ? robustScore(profile.uploads, profile.head[HOURS_WATCHED], bytesOut) : null,
    };
  }
}

/**
 * The most that was uploaded in so many hours in a row, of the last week. Without the last `hours` of more than one,
 * which a slow leak has had for itself.
 */
export function mostIn({ uploads, head }: HostProfile, hours: number): number {
  const known = Math.min(head[HOURS_WATCHED], HOURS);
  const end = hours === 1 ? known : known - hours;
  let sum = 0;
  let most = 0;
  let first = (head[HOURS_WATCHED] - known) % HOURS;
  let last = first;
  for (let i = 0; i < end; i++) {
    sum += uploads[last];
    if (++last === HOURS) last = 0;
    if (i >= hours) {
      sum -= uploads[first];
      if (++first === HOURS) first = 0;
    }
    if (sum > most) most = sum;
  }
  return most;
}
