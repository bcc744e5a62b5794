/** Things of the rooms in a few words. */
import type { Coverage } from '../../decision/coverage.ts';
import type { Decision, Enforcement, Origin, Target } from '../../decision/decision.ts';
import type { Service } from '../../incident/incident.ts';
import type { Suppression } from '../../incident/suppression.ts';
import { protocolName } from '../../policy/schema/protocol.ts';
import { alarming, type Cell, type Look, painted } from './look.ts';
import { moment, span, timeLeft } from './time.ts';

/** `443/tcp`, or `esp` for a protocol without ports. */
export function describeService({ protocol, port }: Service): string {
  return port === null ? protocolName(protocol) : `${port}/${protocolName(protocol)}`;
}

export function describeTarget(target: Target): string {
  switch (target.kind) {
    case 'flow':
      return `${target.host} -> ${target.destination} ${describeService(target.service)}`;
    case 'destination':
      return `anybody <-> ${target.prefix}`;
    case 'host':
      return `${target.host} <-> anybody${target.allowTo.length > 0 ? ` but ${target.allowTo.join(', ')}` : ''}`;
  }
}

export function describeOrigin(origin: Origin): string {
  return origin.kind === 'manual' ? `by ${origin.actor}` : `by Penstock (${origin.detector})`;
}

function describeEnforcement(enforcement: Enforcement, look: Look): Cell {
  switch (enforcement.status) {
    case 'applied':
      return `in the kernel since ${moment(enforcement.atMs, look)}`;
    case 'failed':
      return alarming(`failed at ${moment(enforcement.atMs, look)}: ${enforcement.error}`);
    case 'pending':
      return 'on its way to the kernel';
    case 'none':
      return 'not in the kernel';
  }
}

/** When something happens by itself to a decision. */
export function describeDeadline({ state, answerByMs, expiresAtMs }: Decision, { nowMs }: Look): string {
  if (state === 'pending' || state === 'provisional') return `lapses ${timeLeft(answerByMs, nowMs)}`;
  return state === 'active' ? `ends ${timeLeft(expiresAtMs, nowMs)}` : '-';
}

export function decisionFacts(decision: Decision, look: Look): [string, Cell][] {
  return [
    ['decision', decision.id],
    ['state', painted(decision.state)],
    ['action', `${decision.action}: ${describeTarget(decision.target)}`],
    ['origin', describeOrigin(decision.origin)],
    ['incident', decision.incident ?? '-'],
    ['approval', decision.approval],
    ['time to live', span(decision.ttlMs)],
    ['made', moment(decision.createdAtMs, look)],
    ['deadline', describeDeadline(decision, look)],
    ['kernel', describeEnforcement(decision.enforcement, look)],
    ...coverageFacts(decision.coverage),
    ['reason', decision.reason || '-'],
    ...decision.answers.map(({ verb, actor, atMs, reason }): [string, string] => [
      verb,
      `by ${actor} at ${moment(atMs, look)}${reason && `: ${reason}`}`,
    ]),
  ];
}

function coverageFacts(coverage: Coverage | undefined): [string, string][] {
  if (coverage === undefined) return [];
  const { stations, addresses, released, gaps } = coverage;
  const places = stations.map(({ mac, link, bridge }) =>
    bridge === null ? `${mac} on ${link}` : `${mac} on ${link}, also within bridge ${bridge}`,
  );
  return [
    ...places.map((place): [string, string] => ['covers', `station ${place}`]),
    ...(addresses.length > 0 ? ([['covers', addresses.join(', ')]] as [string, string][]) : []),
    ...(released.length > 0
      ? ([['let go', `${released.join(', ')}: elsewhere now`]] as [string, string][])
      : []),
    ...gaps.map(({ text }): [string, string] => ['not covered', text]),
  ];
}

/** `10.1.0.10 -> 198.51.100.66 443/tcp`. */
export function describeScope({ host, destination, service }: Suppression): string {
  const where = destination === null ? `${host} as a whole` : `${host} -> ${destination}`;
  return service === null ? where : `${where} ${describeService(service)}`;
}

/** When a suppression ends, or how it ended. */
export function describeEnd({ state, untilMs, endedAtMs }: Suppression, look: Look): string {
  return state === 'active'
    ? `ends ${timeLeft(untilMs, look.nowMs)}`
    : `${state} at ${moment(endedAtMs, look)}`;
}

export function suppressionFacts(suppression: Suppression, look: Look): [string, Cell][] {
  return [
    ['suppression', suppression.id],
    ['state', painted(suppression.state)],
    ['silences', `${suppression.detector}: ${describeScope(suppression)}`],
    ['incident', suppression.incident],
    ['made', `${moment(suppression.createdAtMs, look)} by ${suppression.actor}`],
    ['until', moment(suppression.untilMs, look)],
    ['end', describeEnd(suppression, look)],
    ['reason', suppression.reason || '-'],
  ];
}
