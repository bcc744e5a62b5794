/** What is withheld, case by case: a suspicious destination, or a host that is suspicious as a whole. */
import { type Address, formatAddress } from '../../address/address.ts';
import type { Severity } from '../../incident/incident.ts';
import type { Contact } from './contacts.ts';
import type { OwnHosts } from './own-hosts.ts';
import type { Charge, ProposedRule, ProposedTest, WithheldCase } from './proposal.ts';
import { type Draft, draftExactly } from './rule-draft.ts';
import { probes, type RuleWriter } from './rule-writer.ts';
import { Sightings } from './sightings.ts';
import type { Suspicion } from './suspicion.ts';
import type { Traffic } from './traffic.ts';
import type { Withholding } from './withholding.ts';

/** More would not be read, and the file must not grow with them. */
const MOST_CASES = 40;
const MOST_RULES = 8;
const MOST_NETWORKS = 32;
const MOST_SERVICES = 32;
const MOST_CHARGES = 4;

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

interface Case {
  readonly suspicions: readonly Suspicion[];
  readonly destination: Address | null;
  readonly contacts: readonly Contact[];
  readonly failed: number;
}

interface Parts {
  readonly suspicions: readonly Suspicion[];
  readonly withholding: Withholding;
  readonly traffic: Traffic;
  readonly hosts: OwnHosts;
}

export interface Written {
  readonly cases: readonly WithheldCase[];
  readonly unlisted: number;
  /** Withheld is what the policy denies. */
  readonly tests: readonly ProposedTest[];
}

export function writeWithheld(parts: Parts, writer: RuleWriter): Written {
  const all = [...destinationCases(parts), ...hostCases(parts)].sort(worstFirst);
  const listed = all.slice(0, MOST_CASES);
  const written = listed.map((one) => writeCase(one, parts.hosts, writer));
  return {
    cases: written.map(({ withheld }) => withheld),
    unlisted: all.length - listed.length,
    tests: written.flatMap(({ tests }) => tests),
  };
}

function destinationCases({ suspicions, withholding, traffic }: Parts): Case[] {
  const answered = byDestination(withholding.suspicious);
  const failed = byDestination(
    [...traffic.failed.all()].filter((each) => withholding.touches(each.destination)),
  );
  const named = suspicions.filter(({ destination }) => destination !== null);
  return [...Map.groupBy(named, ({ destination }) => textOf(destination))].map(([text, charged]) => {
    const isCharged = ({ service }: Contact) =>
      charged.some(({ keys }) => keys.first <= service && service <= keys.last);
    const attempts = (failed.get(text) ?? []).filter(isCharged);
    // What was never answered is told too: a person may know better, and the controller may only be down.
    const silent = attempts
      .filter((each) => traffic.answered.find(each.destination, each.group, each.service) === undefined)
      .map((each) => ({ ...each, seen: new Sightings() }));
    return {
      suspicions: charged,
      destination: charged[0].destination,
      contacts: [...(answered.get(text) ?? []).filter(isCharged), ...silent],
      failed: attempts.reduce((sum, { seen }) => sum + seen.hits, 0),
    };
  });
}

function hostCases({ suspicions, withholding, hosts }: Parts): Case[] {
  const whole = Map.groupBy(
    suspicions.filter(({ destination }) => destination === null),
    ({ host }) => hosts.find(host)?.number ?? -1,
  );
  const byHost = Map.groupBy(withholding.ofSuspects, ({ seen }) => Math.min(...seen.hosts));
  return [...whole].map(([number, charged]) => ({
    suspicions: charged,
    destination: null,
    contacts: byHost.get(number) ?? [],
    failed: 0,
  }));
}

function writeCase(
  { suspicions, destination, contacts, failed }: Case,
  hosts: OwnHosts,
  writer: RuleWriter,
): { withheld: WithheldCase; tests: readonly ProposedTest[] } {
  const drafts = draftExactly(contacts)
    .sort((x, y) => y.seen.hits - x.seen.hits)
    .slice(0, MOST_RULES)
    .map(cut);
  const rules = drafts.map((draft) => writer.write(draft));
  const withheld = {
    charges: chargesOf(suspicions),
    destination: destination && formatAddress(destination),
    failed,
    rules,
  };
  const suspect = hosts.find(suspicions[0].host)?.number;
  return { withheld, tests: rules.flatMap((rule, i) => denial(rule, drafts[i], hosts, suspect)) };
}

/** The withheld rule's own name, so that whoever lets it in finds the test that then fails. */
function denial(
  { id }: ProposedRule,
  { services, networks, seen }: Draft,
  hosts: OwnHosts,
  suspect: number | undefined,
): ProposedTest[] {
  // The suspect may be known to the daemon alone.
  const [source = suspect] = seen.hosts;
  if (source === undefined) return [];
  const from = formatAddress(hosts.at(source).address);
  return [{ name: `withheld: ${id}`, from, accept: [], deny: probes(services, networks[0]) }];
}

/** A host that was searched may have answered on thousands of ports. */
function cut(draft: Draft): Draft {
  const left = {
    addresses: draft.networks.length - MOST_NETWORKS,
    services: draft.services.length - MOST_SERVICES,
  };
  const more = Object.entries(left).filter(([, count]) => count > 0);
  return {
    ...draft,
    networks: draft.networks.slice(0, MOST_NETWORKS),
    services: draft.services.slice(0, MOST_SERVICES),
    remarks: more.map(([what, count]) => `${count} ${what} more are not listed`),
  };
}

/** The last of each kind and host: it has seen the most. */
function chargesOf(suspicions: readonly Suspicion[]): Charge[] {
  const charges = suspicions.map(({ severity, cause, host, reason }) => ({
    severity,
    cause,
    host: formatAddress(host),
    reason,
  }));
  const last = new Map(charges.map((charge) => [`${charge.cause} ${charge.host}`, charge]));
  return [...last.values()].slice(0, MOST_CHARGES);
}

function worstFirst(x: Case, y: Case): number {
  const worst = ({ suspicions }: Case) =>
    Math.min(...suspicions.map(({ severity }) => SEVERITIES.indexOf(severity)));
  return worst(x) - worst(y) || hitsOf(y) - hitsOf(x);
}

function hitsOf({ contacts, failed }: Case): number {
  return contacts.reduce((sum, { seen }) => sum + seen.hits, failed);
}

function byDestination(contacts: readonly Contact[]): Map<string, Contact[]> {
  return Map.groupBy(contacts, ({ destination }) => textOf(destination));
}

function textOf(address: Address | null): string {
  return address === null ? '' : formatAddress(address);
}
