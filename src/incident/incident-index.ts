/** Open incidents by host, cause, source and destination. */
import type { Address } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { Flow } from '../flow/flow.ts';
import { causeOf, type PolicyFinding, sourceOf } from './finding.ts';
import type { Incident, PolicyCause, Service } from './incident.ts';

/** Incidents of one host for one cause with a destination of their own. */
export const MAX_OPEN_PER_HOST = 64;

export interface Entry {
  readonly host: Address;
  /** Null: the folded rest. */
  readonly destination: Address | null;
  readonly incident: OpenIncident;
}

export type OpenIncident = { -readonly [K in keyof Omit<Incident, 'services' | 'cause'>]: Incident[K] } & {
  readonly cause: PolicyCause;
  readonly services: Service[];
};

interface HostEntries {
  /** Not counting the folded ones. */
  open: number;
  readonly bySource: Map<string | null, SourceEntries>;
}

interface SourceEntries {
  readonly byDestination: AddressMap<Entry>;
  folded: Entry | undefined;
}

export class IncidentIndex {
  readonly #hosts: Record<PolicyCause, AddressMap<HostEntries>> = {
    policyViolation: new AddressMap(),
    denyList: new AddressMap(),
    limit: new AddressMap(),
  };

  /** The incident that a flow belongs to; undefined when one must be opened. */
  find(flow: Flow, finding: PolicyFinding): Entry | undefined {
    const entries = this.#hosts[causeOf(finding)].get(flow.host);
    const source = entries?.bySource.get(sourceOf(finding));
    const known = source?.byDestination.get(flow.destination);
    return known ?? (entries && entries.open >= MAX_OPEN_PER_HOST ? source?.folded : undefined);
  }

  /** Whether the host has so many that the next is to be folded. */
  isFull(host: Address, cause: PolicyCause): boolean {
    return (this.#hosts[cause].get(host)?.open ?? 0) >= MAX_OPEN_PER_HOST;
  }

  add(entry: Entry): void {
    const { host, destination, incident } = entry;
    const entries = this.#entriesOf(host, incident.cause);
    const known = entries.bySource.get(incident.source);
    const source = known ?? { byDestination: new AddressMap(), folded: undefined };
    entries.bySource.set(incident.source, source);
    if (destination === null) source.folded = entry;
    else {
      source.byDestination.set(destination, entry);
      entries.open++;
    }
  }

  remove({ host, destination, incident }: Entry): void {
    const entries = this.#entriesOf(host, incident.cause);
    const source = entries.bySource.get(incident.source);
    if (source === undefined) return;
    if (destination === null) source.folded = undefined;
    else {
      source.byDestination.delete(destination);
      entries.open--;
    }
    if (source.byDestination.size === 0 && !source.folded) entries.bySource.delete(incident.source);
    if (entries.bySource.size === 0) this.#hosts[incident.cause].delete(host);
  }

  #entriesOf(host: Address, cause: PolicyCause): HostEntries {
    const known = this.#hosts[cause].get(host);
    if (known !== undefined) return known;
    const entries: HostEntries = { open: 0, bySource: new Map() };
    this.#hosts[cause].set(host, entries);
    return entries;
  }
}
