/**
 * A policy made ready to judge flows.
 *
 * Order of judgement, whatever the order in the file:
 *
 *   not outbound ........................................ exempt notOutbound
 *   both ends (as asked, after NAT) of link scope ........ exempt linkScope
 *   either end on a deny list ............................ deny denyList
 *   an end that is not of link scope and no rule allows .. deny policyViolation
 *   otherwise ............................................ allow, by the rule of the end as asked
 *
 * Both ends are judged because either may be the lie: a host may ask for an allowed address that NAT turns into
 * another, and a redirect to an inside proxy is itself traffic that some rule must allow. Where several rules allow
 * a flow, the first in the policy is the one whose limits count it; the verdict's kind does not depend on order.
 */
import { type Address, type Family, type Prefix, sameAddress } from '../address/address.ts';
import { prefixContains } from '../address/prefix.ts';
import type { AddressRanges } from '../address/ranges.ts';
import { Explainer } from './explanation.ts';
import { flowKey } from './key-range.ts';
import type { AllowBox } from './matcher/allow-boxes.ts';
import { DenyIndex } from './matcher/deny-index.ts';
import { isLinkScope } from './matcher/link-scope.ts';
import { NO_CLASS } from './matcher/prefix-table.ts';
import { RuleMatcher } from './matcher/rule-matcher.ts';
import { NO_RULE } from './matcher/service-index.ts';
import { type NamedBox, type NameSource, NO_NAMES } from './names.ts';
import type { DenyList, Guardrails, NeverBlock, Policy, Response, Rule } from './policy.ts';
import type { FlowQuestion, Verdict } from './verdict.ts';

export interface CompiledPolicy {
  readonly name: string;
  readonly mode: Policy['mode'];
  readonly digest: string;
  readonly rules: readonly Rule[];
  readonly response: Response;
  readonly guardrails: Guardrails;
  readonly neverBlock: NeverBlockGuard;
  /** Those that it judges by now: of the policy, or what took their place. */
  readonly denyLists: readonly DenyList[];
  /** All addresses on any of them: exactly those that it denies for it. */
  deniedRanges(family: Family): AddressRanges;
  /**
   * All that the rules in force at a moment allow by address; boxes of one family are apart.
   * @throws AllowlistTooLarge for more than {@link MAX_ALLOW_BOXES}
   */
  allowBoxes(family: Family, atMs: number): AllowBox[];
  /** All addresses in any host group. */
  insideRanges(family: Family): AddressRanges;
  /** Judge one flow at one moment (ms since the epoch). Allocates nothing once the pairs in use are known. */
  evaluate(flow: FlowQuestion, atMs: number): Verdict;
  /** In any host group. */
  isOurs(address: Address): boolean;
  /** Names of the host groups that hold an address, in the policy's order. */
  groupsOf(address: Address): string[];
  /** Why {@link evaluate} says what it says: sentences for a person, the nearest rules first. */
  explain(flow: FlowQuestion, atMs: number): string[];
  /** Who may reach an address by its names at that moment; nobody when no name that stands for it is allowed. */
  namedBoxes(address: Address, atMs: number): readonly NamedBox[];
  /** Another number whenever other rules may be in force at that moment than before. */
  turns(atMs: number): number;
  /** Put fresh prefixes in the place of the policy's deny lists; cheaper than compiling anew. */
  replaceDenyLists(lists: readonly DenyList[]): void;
  /** The same policy where other names stand for addresses; what is made of the policy alone is not made again. */
  withNames(names: NameSource): CompiledPolicy;
}

/** Boxes of one family that a policy may come to: the kernel takes some seconds to add so many. */
export const MAX_ALLOW_BOXES = 65_536;

/** What no automatic action may touch. */
export interface NeverBlockGuard {
  /** Whether blocking this network would touch a protected destination. */
  destination(prefix: Prefix): boolean;
  /** Whether blocking all traffic of this network would touch a protected source. */
  source(prefix: Prefix): boolean;
  port(protocol: number, port: number): boolean;
  /** What every host, a quarantined one too, must be able to reach. */
  readonly destinations: readonly Prefix[];
}

/** `names`: asked at each judgement; without it no address is known by a name. */
export function compilePolicy(policy: Policy, names: NameSource = NO_NAMES): CompiledPolicy {
  return new Compiled(policy, names);
}

const NOT_OUTBOUND: Verdict = Object.freeze({ kind: 'exempt', reason: 'notOutbound' });
const LINK_SCOPE: Verdict = Object.freeze({ kind: 'exempt', reason: 'linkScope' });
const VIOLATION: Verdict = Object.freeze({ kind: 'deny', cause: 'policyViolation' });

/** What is made of a policy, whatever names stand for addresses. */
interface Made {
  readonly matcher: RuleMatcher;
  readonly explainer: Explainer;
  /** By place of the rule. */
  readonly allowed: readonly Verdict[];
}

function madeOf(policy: Policy): Made {
  const allowed = policy.rules.map(
    ({ id }, ruleIndex): Verdict => Object.freeze({ kind: 'allow', rule: id, ruleIndex }),
  );
  return { matcher: new RuleMatcher(policy), explainer: new Explainer(policy), allowed };
}

class Compiled implements CompiledPolicy {
  readonly name: string;
  readonly mode: Policy['mode'];
  readonly digest: string;
  readonly rules: readonly Rule[];
  readonly response: Response;
  readonly guardrails: Guardrails;
  readonly neverBlock: NeverBlockGuard;
  readonly #policy: Policy;
  readonly #names: NameSource;
  readonly #made: Made;
  readonly #matcher: RuleMatcher;
  readonly #explainer: Explainer;
  readonly #allowed: readonly Verdict[];
  #denied: DenyMatcher;

  constructor(
    policy: Policy,
    names: NameSource,
    made = madeOf(policy),
    denied = new DenyMatcher(policy.denyLists),
  ) {
    this.#names = names;
    this.name = policy.name;
    this.mode = policy.mode;
    this.digest = policy.digest;
    this.rules = policy.rules;
    this.response = policy.response;
    this.guardrails = policy.guardrails;
    this.neverBlock = neverBlockGuard(policy.neverBlock);
    this.#policy = policy;
    this.#made = made;
    this.#matcher = made.matcher;
    this.#explainer = made.explainer;
    this.#allowed = made.allowed;
    this.#denied = denied;
  }

  evaluate(flow: FlowQuestion, atMs: number): Verdict {
    if (flow.direction !== 'outbound') return NOT_OUTBOUND;
    const { destination, translated } = flow;
    const moved = flow.destinationPort !== flow.translatedPort || !sameAddress(destination, translated);
    const askedStays = isLinkScope(destination);
    const wentStays = moved ? isLinkScope(translated) : askedStays;
    if (askedStays && wentStays) return LINK_SCOPE;
    const denied = this.#denied.find(destination) ?? (moved ? this.#denied.find(translated) : undefined);
    if (denied !== undefined) return denied;

    this.#matcher.setTime(atMs);
    const hostClass = this.#matcher.hosts.classOf(flow.host);
    let rule = NO_RULE;
    if (!askedStays) {
      rule = this.#find(hostClass, flow, destination, flow.destinationPort);
      if (rule === NO_RULE) return VIOLATION;
    }
    if (moved && !wentStays) {
      const after = this.#find(hostClass, flow, translated, flow.translatedPort);
      if (after === NO_RULE) return VIOLATION;
      if (askedStays) rule = after;
    }
    return this.#allowed[rule];
  }

  #find(hostClass: number, flow: FlowQuestion, end: Address, port: number): number {
    const key = flowKey(flow.protocol, port, flow.icmpType, flow.icmpCode);
    const rule = this.#matcher.find(hostClass, end, key);
    const sets = this.#namedSets(end);
    if (sets.length === 0) return rule;
    const named = this.#matcher.findNamed(hostClass, sets, key);
    return rule === NO_RULE || (named !== NO_RULE && named < rule) ? named : rule;
  }

  /** Networks that a set excepts are not in it by a name either. */
  #namedSets(address: Address): readonly number[] {
    const sets = this.#names.setsOf(address);
    if (sets.length === 0) return sets;
    const { addressSets } = this.#policy;
    const excepted = (set: number) =>
      addressSets[set].except.some((prefix) => prefixContains(prefix, address));
    return sets.some(excepted) ? sets.filter((set) => !excepted(set)) : sets;
  }

  namedBoxes(address: Address, atMs: number): readonly NamedBox[] {
    const sets = this.#namedSets(address);
    if (sets.length === 0) return [];
    this.#matcher.setTime(atMs);
    return this.#matcher.boxes(sets, address.family);
  }

  allowBoxes(family: Family, atMs: number): AllowBox[] {
    this.#matcher.setTime(atMs);
    return this.#matcher.allowBoxes(family, MAX_ALLOW_BOXES);
  }

  insideRanges(family: Family): AddressRanges {
    return this.#matcher.hosts.ranges(family, (hostClass) => hostClass !== NO_CLASS);
  }

  turns(atMs: number): number {
    this.#matcher.setTime(atMs);
    return this.#matcher.turns;
  }

  isOurs(address: Address): boolean {
    return this.#matcher.hosts.classOf(address) !== NO_CLASS;
  }

  groupsOf(address: Address): string[] {
    const { hosts } = this.#matcher;
    return hosts.groupsOf(hosts.classOf(address)).map((i) => this.#policy.hostGroups[i].name);
  }

  explain(flow: FlowQuestion, atMs: number): string[] {
    const verdict = this.evaluate(flow, atMs);
    return this.#explainer.explain(verdict, flow, atMs, {
      near: (end) => this.#matcher.near(flow.host, end, this.#namedSets(end)),
      denied: (end) => this.#denied.find(end) !== undefined,
    });
  }

  get denyLists(): readonly DenyList[] {
    return this.#denied.lists;
  }

  deniedRanges(family: Family): AddressRanges {
    return this.#denied.ranges(family);
  }

  replaceDenyLists(lists: readonly DenyList[]): void {
    this.#denied = new DenyMatcher(lists);
  }

  withNames(names: NameSource): CompiledPolicy {
    return new Compiled(this.#policy, names, this.#made, this.#denied);
  }
}

/** Deny lists by address; where several hold one, the first in the policy is named. */
class DenyMatcher {
  readonly #index: DenyIndex;
  readonly lists: readonly DenyList[];
  /** By number of the list; the first is for no list. */
  readonly #verdicts: readonly (Verdict | undefined)[];

  constructor(lists: readonly DenyList[]) {
    this.lists = lists;
    this.#index = new DenyIndex(lists.map(({ prefixes }) => prefixes));
    const verdicts = lists.map(
      ({ id, reason }): Verdict => Object.freeze({ kind: 'deny', cause: 'denyList', list: id, reason }),
    );
    this.#verdicts = [undefined, ...verdicts];
  }

  find(address: Address): Verdict | undefined {
    return this.#verdicts[this.#index.find(address)];
  }

  ranges(family: Family): AddressRanges {
    return this.#index.ranges(family);
  }
}

export function neverBlockGuard(neverBlock: NeverBlock): NeverBlockGuard {
  return new Guard(neverBlock);
}

class Guard implements NeverBlockGuard {
  readonly destinations: readonly Prefix[];
  readonly #sources: readonly Prefix[];
  readonly #ports: NeverBlock['ports'];

  constructor({ destinations, sources, ports }: NeverBlock) {
    this.destinations = destinations;
    this.#sources = sources;
    this.#ports = ports;
  }

  destination(prefix: Prefix): boolean {
    return isTouched(this.destinations, prefix);
  }

  source(prefix: Prefix): boolean {
    return isTouched(this.#sources, prefix);
  }

  port(protocol: number, port: number): boolean {
    const ports = this.#ports;
    for (let i = 0; i < ports.length; i++) {
      const kept = ports[i];
      if (kept.protocol === protocol && kept.first <= port && port <= kept.last) return true;
    }
    return false;
  }
}

/** Loops by hand: a block that is on its way into the kernel comes by here, and calls of functions that are cold cost it. */
function isTouched(kept: readonly Prefix[], prefix: Prefix): boolean {
  for (let i = 0; i < kept.length; i++)
    if (prefixContains(kept[i], prefix.address) || prefixContains(prefix, kept[i].address)) return true;
  return false;
}
