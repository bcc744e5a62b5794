/**
 * How far each detector is with one host. Warm-up is explicit: what a detector cannot say yet, it says that it cannot.
 *
 *   off          the policy does not name it
 *   warming      it waits until the host was watched for long enough; `words` say what it does meanwhile
 *   abstaining   it has seen enough, and what it saw is nothing to go by
 *   ready        at once, where a detector needs no past
 *
 * The times are the constants and settings that the detectors themselves compare with.
 */
import {
  ANOMALY_DETECTORS,
  type AnomalyDetector,
  type DetectorSettings,
  type Settings,
} from '../policy/schema/detectors.ts';
import { SAME_SERVICE } from './fan-out.ts';
import { FIRST_SEEN, HOURS_WATCHED } from './host-profile.ts';
import { QUIET_HOURS, quietHours } from './odd-hours.ts';
import { type Host, isEstablished } from './profile-store.ts';
import { HOUR_MS } from './sight.ts';
import { DAY_HOURS } from './upload-watch.ts';
import { COLD_FACTOR, MIN_HOURS } from './volume.ts';
import { size, span } from './wording.ts';

type ReadinessState = 'ready' | 'warming' | 'abstaining' | 'off';

export interface Readiness {
  readonly name: AnomalyDetector;
  readonly state: ReadinessState;
  /** null: it is off, or does not wait for hours. */
  readonly watchedHours: number | null;
  /** 0: it needs no past. */
  readonly neededHours: number | null;
  readonly words: string;
}

/** What a profile does not hold. */
export interface Circumstances {
  /** Host groups of the host. */
  readonly groups: readonly string[];
  /** Windows of all hosts that the outlier model has learnt, of those needed; undefined: it is not known. */
  readonly outlier: { readonly learnt: number; readonly needed: number } | undefined;
  /** ms since the epoch. */
  readonly nowMs: number;
}

interface Seen extends Circumstances {
  readonly host: Host;
  readonly isWarming: boolean;
}

type Saying = Pick<Readiness, 'state' | 'words'>;

export function readinessOf(
  host: Host,
  settings: DetectorSettings,
  circumstances: Circumstances,
): Readiness[] {
  return ANOMALY_DETECTORS.map((name): Readiness => {
    const own = settings[name];
    if (own === undefined)
      return {
        name,
        state: 'off',
        watchedHours: null,
        neededHours: null,
        words: 'The policy does not name it.',
      };
    const hours = hoursOf(name, host, settings, circumstances.nowMs);
    return { name, ...hours, ...say(name, own, { ...circumstances, host, isWarming: isShort(hours) }) };
  });
}

/** Names of those that wait for hours: the same for less, where there are many hosts to tell of. */
export function warmingOf(host: Host, settings: DetectorSettings, nowMs: number): AnomalyDetector[] {
  return ANOMALY_DETECTORS.filter(
    (name) => settings[name] !== undefined && isShort(hoursOf(name, host, settings, nowMs)),
  );
}

type Hours = Pick<Readiness, 'watchedHours' | 'neededHours'>;

function isShort({ watchedHours, neededHours }: Hours): boolean {
  return watchedHours !== null && neededHours !== null && watchedHours < neededHours;
}

function hoursOf(name: AnomalyDetector, { profile }: Host, settings: DetectorSettings, nowMs: number): Hours {
  const watchedHours = profile.head[HOURS_WATCHED];
  const after = (neededHours: number): Hours => ({ watchedHours, neededHours });
  switch (name) {
    case 'volume':
      return after(MIN_HOURS);
    case 'oddHours':
    case 'fanOut':
      return after((settings[name]?.minHistory ?? 0) / HOUR_MS);
    case 'newDestination': {
      // By the clock: a destination is new or not since the host was first seen, whoever watched meanwhile.
      const known = Math.max(0, nowMs - profile.head[FIRST_SEEN]) / HOUR_MS;
      return { watchedHours: known, neededHours: (settings.newDestination?.minHistory ?? 0) / HOUR_MS };
    }
    case 'outlier':
      return { watchedHours: null, neededHours: null };
    default:
      return after(0);
  }
}

const ready = (words: string): Saying => ({ state: 'ready', words });
const warming = (words: string): Saying => ({ state: 'warming', words });
const abstaining = (words: string): Saying => ({ state: 'abstaining', words });
const atOnce = (words: string): Saying => ready(`Needs no past: ${words}.`);

const SAYINGS: { readonly [D in AnomalyDetector]: (settings: Settings<D>, seen: Seen) => Saying } = {
  scan: ({ minTargets }) => atOnce(`looks at hosts with ${minTargets} targets that did not answer`),
  failedConnections: ({ minAttempts }) => atOnce(`looks at services from ${minAttempts} attempts on`),
  beacon: ({ minBeats }) => atOnce(`looks at services from ${minBeats} connections on`),
  volume: ofVolume,
  oddHours: ofOddHours,
  newDestination: (_, { isWarming }) =>
    isWarming
      ? warming('Where the host goes now counts as known, not as new.')
      : ready('Adds weight to others where the host has never been.'),
  longConnection: ({ longerThan }) =>
    atOnce(`looks at connections that stand longer than ${span(longerThan / 1000)}`),
  dnsTunnel: ({ floor }) => atOnce(`looks at ${size(floor)} and more sent to name servers in ten minutes`),
  icmpTunnel: ({ floor }) => atOnce(`looks at ${size(floor)} and more of ICMP sent in ten minutes`),
  fanOut: ({ floor }, { isWarming }) =>
    isWarming
      ? warming(`Meanwhile reports ${SAME_SERVICE} new addresses on one service within an hour, and no more.`)
      : ready(`Compares with the most new destinations in an hour before, from ${floor} on.`),
  outlier: (_, seen) => ofOutlier(seen),
};

function say<D extends AnomalyDetector>(name: D, settings: Settings<D>, seen: Seen): Saying {
  return SAYINGS[name](settings, seen);
}

function ofVolume({ floor }: Settings<'volume'>, { host, groups, isWarming }: Seen): Saying {
  const cold = `reports ${size(floor * COLD_FACTOR)} and more, less surely`;
  const meanwhile =
    groups.length === 0
      ? `it is in no host group: ${cold}`
      : `compares with hosts of ${groups.join(', ')}; while too little is known of them, ${cold}`;
  if (isWarming) return warming(`Meanwhile ${meanwhile}.`);
  const whole = MIN_HOURS + DAY_HOURS;
  return host.profile.head[HOURS_WATCHED] < whole
    ? ready(`Compares an hour with its own past; for a whole day, until ${span(whole * 3600)}, ${meanwhile}.`)
    : ready('Compares an hour and a day with the most that the host uploaded in one before.');
}

function ofOddHours({ minConnections }: Settings<'oddHours'>, { host, isWarming }: Seen): Saying {
  if (isWarming) return warming('Says nothing yet: the hours of the host are not known.');
  const quiet = quietHours(host.profile);
  return quiet < QUIET_HOURS
    ? abstaining(`The profile is flat: ${quiet} hours of its day are silent, ${QUIET_HOURS} are needed.`)
    : ready(`${quiet} hours of its day are silent; looks at ${minConnections} connections and more in one.`);
}

function ofOutlier({ host, outlier }: Seen): Saying {
  if (outlier === undefined) return warming('Learns from all hosts; how far it is, is not known.');
  const { learnt, needed } = outlier;
  if (learnt < needed)
    return warming(`Says nothing yet: of all hosts, ${learnt} of ${needed} windows of 5 minutes are learnt.`);
  return isEstablished(host)
    ? ready('Adds weight to others: compares with windows of all hosts.')
    : abstaining('Looks only at hosts that something has answered a few times.');
}
