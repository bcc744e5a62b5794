/**
 * One host over time: first contacts, and what each hour that ends adds to the profile.
 *
 *   first contact comes out   scan, fan-out
 *   connection begins         odd hours, fan-out
 *   hour ends                 the profile learns: less while the host is suspicious, so that nobody teaches it
 */
import { formatAddress } from '../address/address.ts';
import type { DetectorSettings } from '../policy/schema/detectors.ts';
import type { Acquaintance } from './acquaintance.ts';
import { fanOut, fanOutConfidence } from './fan-out.ts';
import { FirstContacts } from './first-contacts.ts';
import type { GroupBaselines } from './group-baselines.ts';
import {
  HOUR,
  HOUR_CONNECTIONS,
  HOUR_NEW,
  HOUR_OUT,
  HOUR_UPLOAD,
  HOUR_UPLOAD_BACK,
  HOURS_WATCHED,
  type HostProfile,
  LAST_ANSWERED,
  SCAN_RATIO,
  SUSPICION,
  SUSPICIOUS,
} from './host-profile.ts';
import { ACTIVE, MANY, oddHours } from './odd-hours.ts';
import { HOURS } from './profile-layout.ts';
import type { Host } from './profile-store.ts';
import { isVerdict, isVertical, nextRatio, scan, scanConfidence } from './scan.ts';
import { HOUR_MS, MINUTE_MS, type Say, type Sight } from './sight.ts';
import { isEchoRequest, isInside, isPeriodicByDesign, isTcp, isWeb } from './surroundings.ts';
import { FIRST } from './track-table.ts';
import { mostIn, type UploadWatch } from './upload-watch.ts';
import { service } from './wording.ts';

/** A destination first seen longer ago was no first contact. */
const FIRST_MINUTES = 2;
const HOUR_MINUTES = 60;
/** What an hour may add to the most of all hours before it, once there is a baseline. */
const MOST_GROWTH = 1.5;
const BASELINE_HOURS = 24;
/** Weeks are forgotten by half in about three. */
const WEEK_WEIGHT = 0.8;

/** Of the running hour. */
const HOUR_SUMS = [HOUR_UPLOAD, HOUR_UPLOAD_BACK, HOUR_NEW, HOUR_CONNECTIONS, HOUR_OUT] as const;

const SCAN = 0;
const ODD_HOURS = 1;
const FAN_OUT = 2;
const PORT_SCAN = 5;

export class HostWatch {
  readonly #acquaintance: Acquaintance;
  readonly #uploads: UploadWatch;
  readonly #groups: GroupBaselines;
  readonly #contacts = new FirstContacts();
  readonly #say: Say;
  settings: DetectorSettings = {};

  constructor(acquaintance: Acquaintance, uploads: UploadWatch, groups: GroupBaselines, say: Say) {
    this.#acquaintance = acquaintance;
    this.#uploads = uploads;
    this.#groups = groups;
    this.#say = say;
  }

  /** A connection begins; `isNew`: the host had never been there. */
  opened(sight: Sight, isNew: boolean): void {
    const { f64, at } = sight.host.profile;
    const { protocol, destinationPort } = sight.flow;
    if (isPeriodicByDesign(protocol, destinationPort)) return;
    f64[at + HOUR_CONNECTIONS]++;
    if (isNew) f64[at + HOUR_NEW]++;
    this.#oddHours(sight);
    if (isNew) this.#fanOut(sight, 0);
  }

  /** A connection came out: something answered, refused, or nobody did. */
  settled(sight: Sight, failed: boolean): void {
    const { flow, host, keys, minute } = sight;
    const { f64, at } = host.profile;
    const inside = isInside(flow.destination);
    if (!failed && !inside) f64[at + LAST_ANSWERED] = sight.nowMs;
    if (!isTcp(flow.protocol) && !isEchoRequest(flow.protocol, flow.icmpType)) return;
    const known = host.profile.destinations.look(keys.low);
    if (known.times > 0 && minute - known.firstMinute > FIRST_MINUTES) return;
    const contact = {
      address: keys.destination,
      service: keys.service,
      minute,
      failed,
      inside,
    };
    if (!this.#contacts.note(host.profile, contact)) return;
    f64[at + SCAN_RATIO] = nextRatio(f64[at + SCAN_RATIO], failed);
    if (failed) this.#scan(sight, contact);
    else if (!isWeb(flow.protocol, flow.destinationPort)) this.#spread(sight, contact);
  }

  /** Close the hours that have ended. Those before `watchedFrom`, in hours since the epoch, nobody watched. */
  turnHours(host: Host, hour: number, watchedFrom: number): void {
    const { profile } = host;
    const { f64, at } = profile;
    const running = f64[at + HOUR];
    if (running === hour) return;
    if (running > 0 && running < hour) {
      if (running >= watchedFrom) this.#learn(host, running);
      const silent = Math.max(running + 1, watchedFrom, hour - HOURS);
      if (silent < hour) learnSilence(profile, silent, hour);
    }
    f64[at + HOUR] = hour;
    for (let i = 0; i < HOUR_SUMS.length; i++) f64[at + HOUR_SUMS[i]] = 0;
    profile.forgetSaid();
  }

  #learn({ address, profile }: Host, hour: number): void {
    const { f64, at } = profile;
    const ratio = this.settings.volume?.uploadRatio ?? 1;
    // A new place to send to is not learnt before it has been known for a day: it may be the thief's.
    const knownMs =
      f64[at + HOURS_WATCHED] < BASELINE_HOURS ? Number.POSITIVE_INFINITY : (hour - BASELINE_HOURS) * HOUR_MS;
    const isKnown = (track: number) => profile.tracks.number(track, FIRST) <= knownMs;
    const { out: uploaded } = this.#uploads.uploaded(profile, ratio, isKnown);
    const trusted = f64[at + SUSPICION] < SUSPICIOUS;
    if (trusted) for (const group of this.#uploads.groupsOf(address)) this.#groups.learn(group, uploaded);
    remember(profile, weekOf(profile), hour, {
      uploaded: believable(uploaded, () => mostIn(profile, 1), profile),
      fresh: believable(f64[at + HOUR_NEW], () => most(profile), profile),
      // Of a suspect's hour nothing is known, not even that it was silent.
      active: trusted ? Number(f64[at + HOUR_CONNECTIONS] >= ACTIVE) : null,
    });
  }

  #scan(sight: Sight, contact: { address: number; service: number; minute: number }): void {
    const { settings } = this;
    const { flow, host } = sight;
    const { f64, at } = host.profile;
    if (settings.scan === undefined || !isVerdict(f64[at + SCAN_RATIO])) return;
    const { minute } = contact;
    const since = minute - Math.round(settings.scan.memory / MINUTE_MS);
    const counts = this.#contacts.count(host.profile, contact, since, minute);
    const spanMinutes = Math.max(1, minute - counts.sinceMinute);
    const facts = {
      ratio: f64[at + SCAN_RATIO],
      web: isWeb(flow.protocol, flow.destinationPort),
      hosts: counts.hosts,
      ports: counts.ports,
      failed: counts.failed,
      contacts: counts.contacts,
      spanS: spanMinutes * 60,
      othersAnswer: f64[at + LAST_ANSWERED] >= sight.nowMs - (spanMinutes + 1) * MINUTE_MS,
      atTheDoor: flow.direction === 'foreign' && counts.elsewhere === 0,
    };
    const vertical = isVertical(facts);
    // A scanner fails thousands of times in a row: words cost more than all that led to them.
    if (!host.profile.isNews(vertical ? PORT_SCAN : SCAN, scanConfidence(facts, settings.scan))) return;
    const address = formatAddress(flow.destination);
    const judgement = scan(
      { ...facts, service: service(flow.protocol, flow.destinationPort), address },
      settings.scan,
    );
    if (judgement) this.#say('scan', sight, judgement, vertical ? 'destination' : 'host');
  }

  /** Answered everywhere on one service. */
  #spread(sight: Sight, contact: { address: number; service: number; minute: number }): void {
    if (isPeriodicByDesign(sight.flow.protocol, sight.flow.destinationPort)) return;
    const { minute } = contact;
    const { outside } = this.#contacts.count(
      sight.host.profile,
      contact,
      minute - HOUR_MINUTES,
      minute - HOUR_MINUTES,
    );
    this.#fanOut(sight, outside);
  }

  #fanOut(sight: Sight, sameService: number): void {
    const settings = this.settings.fanOut;
    if (settings === undefined) return;
    const { profile } = sight.host;
    const { f64, at } = profile;
    const facts = {
      newDestinations: f64[at + HOUR_NEW],
      most: f64[at + HOUR_NEW] >= settings.floor ? most(profile) : 0,
      hoursWatched: f64[at + HOURS_WATCHED],
      sameService,
    };
    const confidence = fanOutConfidence(facts, settings);
    if (confidence === 0 || !profile.isNews(FAN_OUT, confidence)) return;
    const { protocol, destinationPort } = sight.flow;
    const judgement = fanOut({ ...facts, service: service(protocol, destinationPort) }, settings);
    if (judgement) this.#say('fanOut', sight, judgement, 'host');
  }

  #oddHours(sight: Sight): void {
    const settings = this.settings.oddHours;
    const { profile } = sight.host;
    const { f64, at } = profile;
    if (settings === undefined) return;
    const { minConnections } = settings;
    // Twice an hour is enough: as soon as it is worth a look, and when it is many.
    const connections = f64[at + HOUR_CONNECTIONS];
    if (connections !== minConnections && connections !== minConnections * MANY) return;
    const judgement = oddHours(
      {
        active: profile.active,
        watched: profile.watched,
        hoursWatched: f64[at + HOURS_WATCHED],
        hour: f64[at + HOUR],
        connections,
        novelty: this.#acquaintance.novelty(sight, this.settings.newDestination),
      },
      settings,
    );
    if (judgement && profile.isNews(ODD_HOURS, judgement.confidence))
      this.#say('oddHours', sight, judgement, 'host');
  }
}

function most({ newDestinations, f64, at }: HostProfile): number {
  const known = Math.min(f64[at + HOURS_WATCHED], HOURS);
  let highest = 0;
  for (let i = 0; i < known; i++) highest = Math.max(highest, newDestinations[i]);
  return highest;
}

/** What a baseline takes of a value: it grows by steps, and not at all on the word of a suspect. */
function believable(value: number, mostBefore: () => number, { f64, at }: HostProfile): number {
  if (value === 0) return 0;
  const before = mostBefore();
  if (f64[at + SUSPICION] >= SUSPICIOUS) return Math.min(value, before);
  if (f64[at + HOURS_WATCHED] < BASELINE_HOURS || before === 0) return value;
  return Math.min(value, before * MOST_GROWTH);
}

function learnSilence(profile: HostProfile, first: number, end: number): void {
  const week = weekOf(profile);
  for (let hour = first; hour < end; hour++) remember(profile, week, hour, SILENCE);
}

interface Learnt {
  readonly uploaded: number;
  readonly fresh: number;
  /** Null: nothing is known. */
  readonly active: number | null;
}

const SILENCE: Learnt = { uploaded: 0, fresh: 0, active: 0 };

type Week = Pick<HostProfile, 'uploads' | 'newDestinations' | 'active' | 'watched'>;

/** Views are made each time they are asked for, and a host may have been silent for a week of hours. */
function weekOf({ uploads, newDestinations, active, watched }: HostProfile): Week {
  return { uploads, newDestinations, active, watched };
}

function remember({ f64, at }: HostProfile, week: Week, hour: number, learnt: Learnt): void {
  const { uploads, newDestinations, active, watched } = week;
  // As whole numbers: the remainder of two doubles is a call.
  const place = (f64[at + HOURS_WATCHED] | 0) % HOURS;
  uploads[place] = learnt.uploaded;
  newDestinations[place] = learnt.fresh;
  f64[at + HOURS_WATCHED]++;
  if (learnt.active === null) return;
  const ofWeek = (hour | 0) % HOURS;
  active[ofWeek] = active[ofWeek] * WEEK_WEIGHT + learnt.active;
  watched[ofWeek] = watched[ofWeek] * WEEK_WEIGHT + 1;
}
