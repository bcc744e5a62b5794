/** What is known of a host, for a person: facts, how far each detector is, and its week as a map. */
import type { Schema } from 'penstock-client';
import { formatSize } from '../../policy/quantity.ts';
import { formatScore } from './incident-wording.ts';
import { type Cell, type Look, painted } from './look.ts';
import { facts, table } from './table.ts';
import { moment } from './time.ts';

type HostView = Schema<'Host'>;

export function describeHost(host: HostView, look: Look): string {
  return [
    facts(hostFacts(host, look), look),
    describeReadiness(host, look),
    facts(weekMap(host.activity), look),
  ].join('\n\n');
}

function hostFacts(host: HostView, look: Look): [string, Cell][] {
  const { mostUploaded, runningHour } = host;
  return [
    ['host', `${host.host} (${host.groups.join(', ') || 'in no group'})`],
    ['known', host.established ? 'yes' : 'on probation: too little has answered it'],
    ['first seen', moment(host.firstSeenMs, look)],
    ['last seen', moment(host.lastSeenMs, look)],
    ['watched', `${host.hoursWatched} hours`],
    ['answered', `${host.answered} connections`],
    ['most uploaded', `${formatSize(mostUploaded.hour)} in an hour, ${dayOf(mostUploaded)} in a day`],
    [
      'this hour',
      `${runningHour.connections} connections, ${runningHour.newDestinations} new destinations, ` +
        `${formatSize(runningHour.bytesOut)} sent`,
    ],
    ['destinations', `${host.knownDestinations} known, ${host.tracks} followed`],
    ['suspicion', formatScore(host.suspicion)],
    ['learning', host.learning === 'full' ? 'full' : 'slowed: it is suspicious'],
  ];
}

function dayOf({ day }: HostView['mostUploaded']): string {
  return day === null ? 'not known' : formatSize(day);
}

function describeReadiness({ detectors }: HostView, look: Look): string {
  const rows = detectors.map((one) => [
    one.name,
    painted(one.state),
    hoursText(one.watchedHours),
    hoursText(one.neededHours),
    one.words,
  ]);
  return table(
    ['detector', 'state', { head: 'watched', drop: 2 }, { head: 'needed', drop: 1 }, ''],
    rows,
    look,
  );
}

/** Rounded down, so that what is not enough does not look like it. */
function hoursText(hours: number | null): string {
  return hours === null ? '-' : `${Math.floor(hours * 10) / 10}h`;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS_A_DAY = 24;
/** From this share of weeks on. */
const MARKS: readonly (readonly [number, string])[] = [
  [2 / 3, '#'],
  [1 / 3, '+'],
  [0.01, '-'],
  [0, '.'],
];
const LEGEND = '# active in most weeks, + in many, - in few, . in none, ? not watched';

/** One character an hour. */
function weekMap(activity: HostView['activity']): [string, string][] {
  const day = (number: number) => activity.slice(number * HOURS_A_DAY, (number + 1) * HOURS_A_DAY);
  return [
    ['UTC', '0     6     12    18'],
    ...DAYS.map((name, number): [string, string] => [name, day(number).map(markOf).join('')]),
    ['', LEGEND],
  ];
}

function markOf(share: number | null): string {
  if (share === null) return '?';
  return MARKS.find(([least]) => share >= least)?.[1] ?? '?';
}
