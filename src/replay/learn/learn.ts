/**
 * Proposes a policy from traffic:
 *
 *   flows -> own hosts -> suspicions (all detectors look on)
 *                      -> contacts ------------------------> withheld
 *                                                       \--> rules, as many as one file holds
 *
 * When the same traffic is replayed through the proposal, the only violations are what failed, what is withheld, and
 * what is counted as not learnt. The same traffic gives the same proposal.
 */
import { formatAddress } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import { readRecordedFlows } from '../../flow/recorded/read.ts';
import type { RecordedFlows } from '../../flow/recorded/recorded-flows.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Progress } from '../replay.ts';
import type { Contact } from './contacts.ts';
import { suspicionsOf } from './detection-pass.ts';
import { LearnError } from './errors.ts';
import { fitFile } from './file-budget.ts';
import { findOwnHosts, type HostOptions, type OwnHosts } from './own-hosts.ts';
import type { Failures, Proposal, ProposedService, TrafficSummary, Withheld } from './proposal.ts';
import { type Draft, draftRules } from './rule-draft.ts';
import { RuleWriter } from './rule-writer.ts';
import { isIcmpError, serviceName, serviceRange } from './service.ts';
import { suspicionsIn } from './suspicion.ts';
import { Traffic } from './traffic.ts';
import { type Written, writeWithheld } from './withheld-writer.ts';
import { Withholding } from './withholding.ts';

export interface LearnOptions extends HostOptions {
  /** Of the policy. */
  readonly name: string;
  /** What a reviewer must know of where the traffic comes from. */
  readonly notes?: readonly string[];
  /** What is known of the hosts besides. */
  readonly incidents?: readonly Incident[];
  readonly onProgress?: Progress;
}

const MOST_FAILURES = 10;

/** @throws RecordingError, LearnError */
export async function learn(paths: readonly string[], options: LearnOptions): Promise<Proposal> {
  const flows = await readRecordedFlows(paths, {
    onProgress: (done, total) => options.onProgress?.('read', done, total),
  });
  return learnFlows(flows, options);
}

/** The same for flows at hand. @throws LearnError */
export function learnFlows(flows: RecordedFlows, options: LearnOptions): Proposal {
  flows.sort();
  const hosts = findOwnHosts(flows, options);
  if (hosts.groups.length === 0) throw LearnError.noHost(flows.length);
  const suspicions = [
    ...suspicionsOf(flows, hosts.groups, options.onProgress),
    ...suspicionsIn(options.incidents ?? []),
  ];
  const traffic = new Traffic(flows, hosts);
  const withholding = new Withholding(traffic.answered.all(), suspicions, hosts);
  const { drafts, leftOut } = fitFile(draftRules(withholding, hosts.groups));
  const sorted = drafts.toSorted(inFileOrder);
  const writer = new RuleWriter(hosts);
  const rules = sorted.map((draft) => writer.write(draft));
  const services = writer.services;
  const written = writeWithheld({ suspicions, withholding, traffic, hosts }, writer);
  return {
    name: options.name,
    notes: options.notes ?? [],
    traffic: summary(traffic, withholding, leftOut),
    hostChoice: hosts.choice,
    hostGroups: hosts.groups.map(({ name, cidrs, hosts: count, remark }) => ({
      ...{ name, remark, hosts: count },
      cidrs: cidrs.map(formatPrefix),
    })),
    services,
    rules,
    withheld: withheldOf(written, services, writer.services),
    failures: failuresOf(traffic, withholding, hosts),
    tests: [...sorted.map((draft, i) => writer.testOf(draft, rules[i])), ...written.tests],
  };
}

/** `active`: services that rules name; `all`: those that withheld rules name too. */
function withheldOf(
  { cases, unlisted }: Written,
  active: readonly ProposedService[],
  all: readonly ProposedService[],
): Withheld {
  const known = new Set(active.map(({ name }) => name));
  return { cases, unlisted, services: all.filter(({ name }) => !known.has(name)) };
}

/** Everybody's rules, then each group's, then what was seen once; what most hosts do first. */
function inFileOrder(x: Draft, y: Draft): number {
  return (
    Number(x.once) - Number(y.once) ||
    Number(y.shared) - Number(x.shared) ||
    x.groups[0] - y.groups[0] ||
    y.seen.hosts.size - x.seen.hosts.size ||
    y.seen.hits - x.seen.hits ||
    x.services[0].first - y.services[0].first
  );
}

function summary(
  { flows, firstMs, lastMs, unlearnt }: Traffic,
  withholding: Withholding,
  leftOut: number,
): TrafficSummary {
  const withheld = hitsOf(withholding.suspicious) + hitsOf(withholding.ofSuspects);
  return {
    flows,
    firstMs: flows > 0 ? firstMs : null,
    lastMs: flows > 0 ? lastMs : null,
    learnt: hitsOf(withholding.learnt) - leftOut,
    withheld,
    unlearnt: { ...unlearnt, leftOut: unlearnt.leftOut + leftOut },
  };
}

/** What was never answered; a person may know that it is right so, as with syslog or multicast. */
function failuresOf({ answered, failed }: Traffic, withholding: Withholding, hosts: OwnHosts): Failures {
  const never = [...failed.all()].filter(
    (contact) =>
      answered.find(contact.destination, contact.group, contact.service) === undefined &&
      !withholding.isSuspicious(contact) &&
      !isIcmpError(contact.service),
  );
  const most = never.sort((x, y) => y.seen.hits - x.seen.hits).slice(0, MOST_FAILURES);
  return {
    most: most.map(({ group, service, destination, seen }) => ({
      group: hosts.groups[group].name,
      service: serviceName(serviceRange(service)),
      destination: formatAddress(destination),
      flows: seen.hits,
      sources: seen.hosts.size,
    })),
    others: never.length - most.length,
  };
}

function hitsOf(contacts: readonly Contact[]): number {
  return contacts.reduce((sum, { seen }) => sum + seen.hits, 0);
}
