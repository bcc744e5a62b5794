/** How rules and services look in the file. */
import { isMap, isPair, isSeq, type ToStringOptions } from 'yaml';
import type { ProposedRule, ProposedService } from './proposal.ts';

/** Lines are not folded: a person compares them, and a program cuts them. */
export const LAYOUT: ToStringOptions = { lineWidth: 0, flowCollectionPadding: true };
/** Longer lists of networks become address sets. */
const MOST_INLINE = 4;

/** Whether its networks stand in a set of its own, which has the rule's name. */
export function hasSet({ networks }: ProposedRule): boolean {
  return networks.length > MOST_INLINE;
}

export function ruleValue(rule: ProposedRule) {
  return withNetworks(rule, hasSet(rule) ? { sets: [rule.id] } : inline(rule));
}

/** Without a set: it stands alone. */
export function loneRuleValue(rule: ProposedRule) {
  return withNetworks(rule, inline(rule));
}

export function servicesValue(services: readonly ProposedService[]) {
  return Object.fromEntries(
    services.map(({ name, protocol, ports }) => [name, [{ protocol, ...(ports && { ports }) }]]),
  );
}

/** What a map or list holds, each in one line. */
export function flatten(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return;
  for (const item of node.items) {
    const value = isPair(item) ? item.value : item;
    if (isMap(value) || isSeq(value)) value.flow = true;
  }
}

function inline({ networks }: ProposedRule) {
  return { cidrs: networks.map(({ cidr }) => cidr) };
}

function withNetworks({ id, from, services, icmp }: ProposedRule, to: object) {
  return { id, from, to, ...(services.length > 0 && { services }), ...(icmp.length > 0 && { icmp }) };
}
