/**
 * What no action may do. Each guardrail is one function that gives the reason for a veto, or nothing. One that cannot
 * be evaluated, because something is not known or it fails, vetoes the action.
 *
 * A person's own action is held to those that keep the network usable, not to those that keep automation in bounds.
 */
import { type Address, addressBits, formatAddress, type Prefix } from '../address/address.ts';
import { formatPrefix, hostPrefix, prefixContains } from '../address/prefix.ts';
import { formatService } from '../incident/service.ts';
import type { NeverBlockGuard } from '../policy/compiled-policy.ts';
import type { Guardrails } from '../policy/policy.ts';
import { hasPorts, protocolName } from '../policy/schema/protocol.ts';
import type { BreakerState } from './circuit-breaker.ts';
import type { Decision, Target } from './decision.ts';
import { UnknownInputError } from './errors.ts';
import { type Subject, subjectOf } from './subject.ts';
import type { Reading, Surroundings } from './surroundings.ts';

/** A quarantined host still reaches what must never be blocked. */
export function keepReachable(
  target: Target,
  { destinations }: Pick<NeverBlockGuard, 'destinations'>,
): Target {
  if (target.kind !== 'host') return target;
  const allowTo = new Set([...target.allowTo, ...destinations.map(formatPrefix)]);
  return { ...target, allowTo: [...allowTo] };
}

/** What guardrails look at. A field that is undefined is not known. */
export interface GuardrailContext {
  readonly guardrails: Guardrails | undefined;
  readonly neverBlock: NeverBlockGuard | undefined;
  readonly surroundings: Surroundings | undefined;
  /** From where people run Penstock (Operators). */
  readonly operators: readonly Address[] | undefined;
  readonly breaker: BreakerState | undefined;
  /** Automatic decisions in the last minute and hour (BlockRate). */
  readonly blocksInLastMinute: number | undefined;
  readonly blocksInLastHour: number | undefined;
  /** Hosts quarantined now, by whomever. */
  readonly quarantinedHosts: number | undefined;
  /** Hosts of ours that were ever seen. */
  readonly knownHosts: number | undefined;
  /** Hosts that blocks would touch if this one came. Told exactly only where it matters: it may be less than told, as long
   * as that is no more than `enough`, and counting may end above it. */
  readonly touchedHosts: ((subject: Subject, enough: number) => number) | undefined;
}

export interface Veto {
  readonly guardrail: GuardrailName;
  /** A sentence for a person. */
  readonly reason: string;
}

export type GuardrailName =
  | 'target'
  | 'neverBlock'
  | 'ownAddresses'
  | 'gateways'
  | 'resolvers'
  | 'operators'
  | 'prefixLength'
  | 'circuitBreaker'
  | 'rate'
  | 'hourlyRate'
  | 'quarantineShare'
  | 'blockedShare';

/** Those that say how much automation may do. */
export const CAPS: readonly GuardrailName[] = ['rate', 'hourlyRate', 'quarantineShare', 'blockedShare'];

/** In this order. */
const FOR_ALL: readonly GuardrailName[] = [
  'target',
  'neverBlock',
  'ownAddresses',
  'gateways',
  'resolvers',
  'operators',
  'prefixLength',
];
const FORCED = FOR_ALL.filter((name) => name !== 'operators');
const FOR_AUTOMATIC: readonly GuardrailName[] = [...FOR_ALL, 'circuitBreaker', ...CAPS];

/** The first guardrail that says no to an automatic action. */
export function checkAutomatic(subject: Subject, context: GuardrailContext): Veto | undefined {
  return firstVeto(FOR_AUTOMATIC, subject, context);
}

/**
 * The first guardrail that says no to what a person asks for. `force`: they know that they cut an operator's path.
 * @throws AddressError when the text of an address or prefix is none
 */
export function checkManual(
  target: Target,
  context: GuardrailContext,
  { force = false } = {},
): Veto | undefined {
  return firstVeto(force ? FORCED : FOR_ALL, subjectOf(target), context);
}

function firstVeto(
  guardrails: readonly GuardrailName[],
  subject: Subject,
  context: GuardrailContext,
): Veto | undefined {
  let guardrail = guardrails[0];
  try {
    for (let i = 0; i < guardrails.length; i++) {
      guardrail = guardrails[i];
      const reason = check(guardrail, subject, context);
      if (reason !== undefined) return { guardrail, reason };
    }
    return undefined;
  } catch (error) {
    const reason = `cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`;
    return { guardrail, reason };
  }
}

/** By name and not from a list of functions: those V8 would not compile into one, and a block waits for each that is cold. */
function check(guardrail: GuardrailName, subject: Subject, context: GuardrailContext): string | undefined {
  switch (guardrail) {
    case 'target':
      return targetCanMatch(subject);
    case 'neverBlock':
      return touchesNeverBlock(subject, known(context.neverBlock, 'the never-block list is'));
    case 'ownAddresses':
      return keepOurs(subject, surroundingsOf(context).ownAddresses, 'an address of this machine');
    case 'gateways':
      return keepOurs(subject, surroundingsOf(context).gateways, 'a gateway of this machine');
    case 'resolvers':
      return keepOurs(subject, surroundingsOf(context).resolvers, 'a name server of this machine');
    case 'operators':
      return keepOperators(subject, context);
    case 'prefixLength':
      return keepPrefixLength(subject, context);
    case 'circuitBreaker':
      return keepBreaker(context);
    case 'rate':
      return keepRate(context);
    case 'hourlyRate':
      return keepHourlyRate(context);
    case 'quarantineShare':
      return keepQuarantineShare(subject, context);
    case 'blockedShare':
      return keepBlockedShare(subject, context);
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new UnknownInputError(`${what} not known`);
  return value;
}

/** A target that no packet has would stand for a block and be none. */
function targetCanMatch({ host, network, service, kind }: Subject): string | undefined {
  if (host && network && host.family !== network.address.family) {
    return `${formatAddress(host)} and ${formatAddress(network.address)} are not of one family`;
  }
  if (kind === 'flow' && service && service.port !== null && !hasPorts(service.protocol)) {
    return `${protocolName(service.protocol)} has no ports`;
  }
  return undefined;
}

/**
 * What a never-block list alone says against blocking a target; nothing, when it may be blocked.
 * @throws AddressError when the text of an address or prefix is none
 */
export function neverBlockReason(target: Target, guard: NeverBlockGuard): string | undefined {
  return touchesNeverBlock(subjectOf(target), guard);
}

/** Whether automation made it, of what a never-block list keeps. @throws AddressError */
export function isForbidden(
  { origin, target }: Pick<Decision, 'origin' | 'target'>,
  guard: NeverBlockGuard,
): boolean {
  return origin.kind === 'automatic' && neverBlockReason(target, guard) !== undefined;
}

/** The same as {@link neverBlockReason} of what a target is made of. */
export function touchesNeverBlock(
  { host, network, service, kind }: Subject,
  guard: NeverBlockGuard,
): string | undefined {
  if (host && guard.source(hostPrefix(host))) return `${formatAddress(host)} is a never-block source`;
  const touched = network ?? hostPrefix(host);
  if (guard.destination(touched)) return `${nameOf(touched)} touches a never-block destination`;
  // A destination block stands in both directions, so a protected source in it would be cut off as well.
  if (network && guard.source(network)) {
    return `${nameOf(network)} touches a never-block source`;
  }
  const port = service && protectedPort(guard, service.protocol, service.port);
  if (!port) return undefined;
  return `${kind === 'flow' ? 'it is' : 'it began with'} never-block port ${port}`;
}

function protectedPort(guard: NeverBlockGuard, protocol: number, port: number | null): string | undefined {
  if (port !== null) return guard.port(protocol, port) ? formatService({ protocol, port }) : undefined;
  if (!hasPorts(protocol)) return undefined;
  for (let each = 0; each <= 0xffff; each++) {
    if (guard.port(protocol, each)) return formatService({ protocol, port: each });
  }
  return undefined;
}

/** A flow from this machine may be blocked (it may guard only itself), but not to it, nor may it be quarantined. */
function keepOurs({ host, network }: Subject, reading: Reading, what: string): string | undefined {
  const hit = firstTouched(addressesOf(reading), network ?? hostPrefix(host));
  return hit && `${formatAddress(hit)} is ${what}`;
}

function surroundingsOf({ surroundings }: GuardrailContext): Surroundings {
  return known(surroundings, 'the surroundings are');
}

function firstTouched(addresses: readonly Address[], network: Prefix): Address | undefined {
  for (let i = 0; i < addresses.length; i++) if (prefixContains(network, addresses[i])) return addresses[i];
  return undefined;
}

function addressesOf(reading: Reading | undefined): readonly Address[] {
  const { addresses, problem } = known(reading, 'the address is');
  if (addresses === undefined) throw new UnknownInputError(problem);
  return addresses;
}

function keepPrefixLength({ network }: Subject, context: GuardrailContext): string | undefined {
  if (network === null) return undefined;
  const { ipv4, ipv6 } = known(context.guardrails, 'the guardrails are').maxPrefixLength;
  const widest = network.address.family === 4 ? ipv4 : ipv6;
  if (network.length >= widest) return undefined;
  return `${formatPrefix(network)} is wider than /${widest}`;
}

/** As of our own addresses: what an operator's machine opens elsewhere may be blocked, the way to it may not. */
function keepOperators({ host, network }: Subject, context: GuardrailContext): string | undefined {
  const operators = known(context.operators, 'the addresses of operators are');
  const hit = firstTouched(operators, network ?? hostPrefix(host));
  return hit && `an operator works from ${formatAddress(hit)}`;
}

function keepBreaker(context: GuardrailContext): string | undefined {
  const breaker = known(context.breaker, 'the state of the circuit breaker is');
  return breaker.state === 'open' ? `the circuit breaker is open: ${breaker.reason}` : undefined;
}

function keepRate(context: GuardrailContext): string | undefined {
  const { maxBlocksPerMinute } = known(context.guardrails, 'the guardrails are');
  const blocks = known(context.blocksInLastMinute, 'the number of blocks in the last minute is');
  if (blocks < maxBlocksPerMinute) return undefined;
  return `${blocks} automatic blocks in the last minute, allowed ${maxBlocksPerMinute}`;
}

function keepHourlyRate(context: GuardrailContext): string | undefined {
  const { maxBlocksPerHour } = known(context.guardrails, 'the guardrails are');
  const blocks = known(context.blocksInLastHour, 'the number of blocks in the last hour is');
  if (blocks < maxBlocksPerHour) return undefined;
  return `${blocks} automatic blocks in the last hour, allowed ${maxBlocksPerHour}`;
}

/**
 * Unless the share is 0, one host may be quarantined however few there are: with the default of 5 %, a network of
 * less than 20 hosts would otherwise never have a quarantine, and nobody would know why.
 */
function keepQuarantineShare({ kind }: Subject, context: GuardrailContext): string | undefined {
  if (kind !== 'host') return undefined;
  const { maxQuarantinedPercent } = known(context.guardrails, 'the guardrails are');
  const quarantined = known(context.quarantinedHosts, 'the number of quarantined hosts is');
  const hosts = known(context.knownHosts, 'the number of hosts is');
  const share = Math.floor((hosts * maxQuarantinedPercent) / 100);
  const allowed = maxQuarantinedPercent === 0 ? 0 : Math.max(1, share);
  if (quarantined < allowed) return undefined;
  return `${quarantined} of ${hosts} hosts are quarantined, allowed ${allowed} (${maxQuarantinedPercent} %)`;
}

/** Of a handful of hosts each is a large share: so many may always be touched, unless the share is 0. */
const FEW_HOSTS = 5;

function keepBlockedShare(subject: Subject, context: GuardrailContext): string | undefined {
  const { maxBlockedHostsPercent } = known(context.guardrails, 'the guardrails are');
  const hosts = known(context.knownHosts, 'the number of hosts is');
  const count = known(context.touchedHosts, 'the number of hosts that it would touch is');
  const share = Math.floor((hosts * maxBlockedHostsPercent) / 100);
  const allowed = maxBlockedHostsPercent === 0 ? 0 : Math.max(FEW_HOSTS, share);
  const touched = count(subject, allowed);
  if (touched <= allowed) return undefined;
  return `blocks would touch more than ${allowed} of ${hosts} hosts (${maxBlockedHostsPercent} %)`;
}

function isSingle({ address, length }: Prefix): boolean {
  return length === addressBits(address.family);
}

function nameOf(network: Prefix): string {
  return isSingle(network) ? formatAddress(network.address) : formatPrefix(network);
}
