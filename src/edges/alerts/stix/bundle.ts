/**
 * An incident for others: a bundle of STIX 2.1 (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html).
 *
 *   identity <--- who made all of it, and where it was sighted
 *   incident <--- related-to --- indicator <--- mitigates --- course-of-action   (each decision)
 *                                 |      ^
 *      infrastructure <- indicates      sighting ---> observed-data ---> network-traffic, addresses
 *
 * Pure: the same incident and decisions give the same bundle, and a later one has the same identifiers.
 */
import type { Decision } from '../../../decision/decision.ts';
import type { Cause, Incident } from '../../../incident/incident.ts';
import type { Observer } from '../dispatch.ts';
import { account, title } from '../incident-wording.ts';
import { closed, traffic as trafficWords } from '../wording.ts';
import { ourId, type StixId } from './identifier.ts';
import { place, placeType, quoted, type StixObject, traffic } from './observables.ts';

export interface StixBundle {
  type: 'bundle';
  id: string;
  objects: Record<string, unknown>[];
}

/** Before any incident: an identity is not made anew each time. */
const IDENTITY_MADE = '2026-01-01T00:00:00.000Z';
/** Most that a count may be: STIX 2.1 sections 4.14 and 5.2. */
const MOST_COUNTED = 999_999_999;

/** infrastructure-type-ov and indicator-type-ov, sections 10.9 and 10.12. */
const INFRASTRUCTURE: { readonly [C in Cause]?: string } = {
  beacon: 'command-and-control',
  volume: 'exfiltration',
  dnsTunnel: 'exfiltration',
  icmpTunnel: 'exfiltration',
};

export function stixBundle(
  incident: Incident,
  decisions: readonly Decision[],
  observer: Observer,
): StixBundle {
  const gateway = observer.hostname;
  const maker = identity(gateway);
  const make: Make = (type, name, properties) => ({
    type,
    spec_version: '2.1',
    id: ourId(type, gateway, name),
    created_by_ref: maker.id,
    created: at(incident.firstSeenMs),
    modified: at(Math.max(incident.firstSeenMs, incident.lastSeenMs)),
    ...properties,
  });
  const seen = observed(incident);
  const data = observedData(incident, seen, make);
  const sign = indicator(incident, make);
  const objects = [
    maker,
    ...seen,
    data,
    sign,
    sighting(incident, { sign, data, maker }, make),
    ...about(incident, { sign, data, seen }, make),
    ...decisions.flatMap((decision) => measure(decision, sign, make)),
  ];
  const id = ourId('bundle', gateway, `${incident.id} ${incident.lastSeenMs} ${decisions.length}`);
  return { type: 'bundle', id, objects: objects.map((object) => ({ ...object })) };
}

type Make = (type: string, name: string, properties: Readonly<Record<string, unknown>>) => StixObject;

function identity(gateway: string): StixObject {
  return {
    type: 'identity',
    spec_version: '2.1',
    id: ourId('identity', gateway, 'penstock'),
    created: IDENTITY_MADE,
    modified: IDENTITY_MADE,
    name: `Penstock on ${gateway}`,
    description: 'A firewall policy enforcement controller that watches what a network sends out.',
    identity_class: 'system',
  };
}

/** The host, whom it talked to, and by what; each once. */
function observed({ host, destination, translated, services, evidence }: Incident): StixObject[] {
  const source = place(host);
  const talks = [
    ...(destination === null ? [] : services.map((service) => ({ destination, service }))),
    ...evidence.flatMap(({ destination, service }) =>
      destination !== null && service !== null ? [{ destination, service }] : [],
    ),
  ];
  const places = [destination, translated, ...evidence.map((one) => one.destination)].filter(
    (text) => text !== null,
  );
  const all = [
    source,
    ...places.map(place),
    ...talks.map(({ destination, service }) => traffic(source, place(destination), service)),
  ];
  return [...new Map(all.map((object) => [object.id, object])).values()];
}

function observedData(incident: Incident, seen: readonly StixObject[], make: Make): StixObject {
  return make('observed-data', incident.id, {
    first_observed: at(incident.firstSeenMs),
    last_observed: at(Math.max(incident.firstSeenMs, incident.lastSeenMs)),
    number_observed: Math.min(Math.max(1, incident.count), MOST_COUNTED),
    object_refs: seen.map(({ id }) => id),
  });
}

/** By what somebody else would see the same: traffic with the destination, or else of the host. */
function indicator(incident: Incident, make: Make): StixObject {
  const { id, cause, host, destination, score, firstSeenMs } = incident;
  return make('indicator', id, {
    name: title(incident),
    description: account(incident),
    indicator_types: [destination === null ? 'compromised' : indicatorType(cause)],
    pattern: destination === null ? sourcePattern(host) : destinationPattern(incident, destination),
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: at(firstSeenMs),
    confidence: Math.round(Math.min(1, Math.max(0, score)) * 100),
  });
}

function indicatorType(cause: Cause): string {
  return cause === 'denyList' ? 'malicious-activity' : 'anomalous-activity';
}

function sourcePattern(host: string): string {
  return `[network-traffic:src_ref.type = '${placeType(host)}' AND network-traffic:src_ref.value = ${quoted(host)}]`;
}

function destinationPattern({ services }: Incident, destination: string): string {
  const [service] = services;
  const port =
    services.length === 1 && service.port !== null ? ` AND network-traffic:dst_port = ${service.port}` : '';
  return `[network-traffic:dst_ref.type = '${placeType(destination)}' AND network-traffic:dst_ref.value = ${quoted(destination)}${port}]`;
}

function sighting(
  { id, count, firstSeenMs, lastSeenMs }: Incident,
  { sign, data, maker }: { sign: StixObject; data: StixObject; maker: StixObject },
  make: Make,
): StixObject {
  return make('sighting', id, {
    first_seen: at(firstSeenMs),
    last_seen: at(Math.max(firstSeenMs, lastSeenMs)),
    count: Math.min(Math.max(1, count), MOST_COUNTED),
    sighting_of_ref: sign.id,
    observed_data_refs: [data.id],
    where_sighted_refs: [maker.id],
  });
}

/** The incident, the other side as infrastructure, and how all hangs together. */
function about(
  incident: Incident,
  { sign, data, seen }: { sign: StixObject; data: StixObject; seen: readonly StixObject[] },
  make: Make,
): StixObject[] {
  const { id, cause, destination } = incident;
  const event = make('incident', id, {
    name: `${id}: ${title(incident)} (${incident.host})`,
    description: account(incident),
  });
  const related = [link(sign, 'based-on', data, make), link(sign, 'related-to', event, make)];
  const there = seen.find((object) => object.value === destination);
  if (there === undefined) return [event, ...related];
  const infrastructure = make('infrastructure', `${id} ${destination}`, {
    name: `${destination}, seen in ${id}`,
    infrastructure_types: [INFRASTRUCTURE[cause] ?? 'unknown'],
  });
  const links = [
    link(infrastructure, 'consists-of', there, make),
    link(sign, 'indicates', infrastructure, make),
  ];
  return [event, infrastructure, ...related, ...links];
}

function measure(decision: Decision, sign: StixObject, make: Make): StixObject[] {
  const { id, action, target, state, reason, createdAtMs, answers } = decision;
  const created = at(createdAtMs);
  const changed = at(Math.max(createdAtMs, ...answers.map(({ atMs }) => atMs)));
  const course = make('course-of-action', id, {
    created,
    modified: changed,
    name: `${id}: ${action} of ${trafficWords(target)}`,
    description: `${closed(reason)} It is ${state}.`,
  });
  return [course, link(course, 'mitigates', sign, make)];
}

function link(source: StixObject, relationship: string, target: StixObject, make: Make): StixObject {
  const ends: { source_ref: StixId; target_ref: StixId } = { source_ref: source.id, target_ref: target.id };
  return make('relationship', `${source.id} ${relationship} ${target.id}`, {
    relationship_type: relationship,
    ...ends,
  });
}

/** Section 3.2. A time that no Date holds is none that was seen. */
function at(ms: number): string {
  return new Date(Math.min(Math.max(0, ms), 8.64e15)).toISOString();
}
