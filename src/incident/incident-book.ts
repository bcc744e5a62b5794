/**
 * The incidents that are open. An observation of one that is known costs four look-ups and no text:
 *
 *   host -> cause -> source -> destination, or the folded rest
 *
 * A host that opens more than MAX_OPEN_PER_HOST for one cause is scanning: what comes after goes into one folded
 * incident for each source. When MAX_OPEN are open in all, the one that was quiet the longest is closed.
 */
import { copyAddress, formatAddress, parseAddress, sameAddress } from '../address/address.ts';
import type { Flow } from '../flow/flow.ts';
import { causeOf, type Narrator, type PolicyFinding, reasonsFor, severityOf, sourceOf } from './finding.ts';
import { acts, type Incident, isPolicyCause, type Service } from './incident.ts';
import { type Entry, IncidentIndex, MAX_OPEN_PER_HOST, type OpenIncident } from './incident-index.ts';
import type { IncidentNumbers } from './incident-numbers.ts';
import { portOf } from './service.ts';

export const MAX_SERVICES = 16;
export const MAX_OPEN = 10_000;
/** An incident that was not observed for this long is over. */
export const QUIET_MS = 3_600_000;

export interface Closure {
  /** Closed. */
  readonly incident: Incident;
  readonly reason: string;
}

/** `incident` goes on being updated: copy what you keep. */
export type Observed =
  | { readonly kind: 'updated'; readonly incident: Incident }
  /** `displaced`: closed to make room. */
  | { readonly kind: 'opened'; readonly incident: Incident; readonly displaced: Closure | undefined };

export interface IncidentBookOptions {
  readonly numbers: IncidentNumbers;
  readonly maxOpen?: number;
  readonly quietMs?: number;
}

export class IncidentBook {
  readonly #index = new IncidentIndex();
  /** The one quiet the longest first. */
  readonly #byQuiet = new Set<Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #updated = new Set<Entry>();
  readonly #maxOpen: number;
  readonly #quietMs: number;
  readonly #numbers: IncidentNumbers;

  constructor({ numbers, maxOpen = MAX_OPEN, quietMs = QUIET_MS }: IncidentBookOptions) {
    this.#numbers = numbers;
    this.#maxOpen = maxOpen;
    this.#quietMs = quietMs;
  }

  /** Open incidents. */
  get size(): number {
    return this.#byQuiet.size;
  }

  get(id: string): Incident | undefined {
    return this.#byId.get(id)?.incident;
  }

  /** Take in what a flow did. `narrator` is asked only when an incident opens. */
  observe(flow: Flow, finding: PolicyFinding, narrator: Narrator, atMs: number): Observed {
    const known = this.#index.find(flow, finding);
    if (known === undefined) return this.#open(flow, finding, narrator, atMs);
    const { incident } = known;
    incident.count++;
    incident.lastSeenMs = Math.max(incident.lastSeenMs, atMs);
    addService(incident.services, flow);
    this.#updated.add(known);
    this.#byQuiet.delete(known);
    this.#byQuiet.add(known);
    return { kind: 'updated', incident };
  }

  /** Copies of those that {@link observe} updated since this was last called, to be written down. */
  takeUpdated(): Incident[] {
    const incidents = [...this.#updated].map(({ incident }) => copyIncident(incident));
    this.#updated.clear();
    return incidents;
  }

  /** Close those that are quiet. */
  sweep(nowMs: number): Closure[] {
    const closures: Closure[] = [];
    for (const entry of this.#byQuiet) {
      // What was seen in the future, by a clock that was set back, must not keep those behind it open till then.
      if (Math.abs(nowMs - entry.incident.lastSeenMs) < this.#quietMs) break;
      closures.push(this.#close(entry, `quiet for ${Math.round(this.#quietMs / 60_000)} minutes`));
    }
    return closures;
  }

  /** Close one on a person's word; undefined when none of this id is open. */
  close(id: string, reason: string): Closure | undefined {
    const entry = this.#byId.get(id);
    return entry && this.#close(entry, reason);
  }

  /** Take back what was open when the daemon stopped. */
  restore(incidents: readonly Incident[]): void {
    const open = incidents.filter(({ state }) => state === 'open');
    for (const incident of open.toSorted((x, y) => x.lastSeenMs - y.lastSeenMs)) {
      const destination = incident.destination === null ? null : parseAddress(incident.destination);
      const { cause } = incident;
      // Anomalies are another book's.
      if (!isPolicyCause(cause)) continue;
      const copy = { ...incident, cause, services: [...incident.services] };
      this.#add({ host: parseAddress(incident.host), destination, incident: copy });
    }
  }

  #open(flow: Flow, finding: PolicyFinding, narrator: Narrator, atMs: number): Observed {
    const displaced = this.#byQuiet.size >= this.#maxOpen ? this.#displace() : undefined;
    const folded = this.#index.isFull(flow.host, causeOf(finding));
    const incident = this.#incident(flow, finding, narrator, atMs, folded);
    const destination = folded ? null : copyAddress(flow.destination);
    this.#add({ host: copyAddress(flow.host), destination, incident });
    return { kind: 'opened', incident, displaced };
  }

  #displace(): Closure {
    const [quietest] = this.#byQuiet;
    return this.#close(quietest, `quiet the longest of ${this.#maxOpen} open incidents, closed to make room`);
  }

  #incident(
    flow: Flow,
    finding: PolicyFinding,
    narrator: Narrator,
    atMs: number,
    folded: boolean,
  ): OpenIncident {
    const severity = severityOf(finding);
    const reasons = reasonsFor(flow, finding, narrator, atMs);
    const services: Service[] = [];
    addService(services, flow);
    const moved = !folded && !sameAddress(flow.destination, flow.translated);
    return {
      id: this.#numbers.take(),
      host: formatAddress(flow.host),
      groups: narrator.groupsOf(flow.host),
      cause: causeOf(finding),
      source: sourceOf(finding),
      destination: folded ? null : formatAddress(flow.destination),
      translated: moved ? formatAddress(flow.translated) : null,
      services,
      severity,
      // The policy is sure of what it says.
      score: 1,
      raisedAtMs: acts(severity) ? atMs : null,
      count: 1,
      firstSeenMs: atMs,
      lastSeenMs: atMs,
      state: 'open',
      reasons: folded
        ? [
            `more than ${MAX_OPEN_PER_HOST} destinations of this host have an incident; the rest is here`,
            ...reasons,
          ]
        : reasons,
      evidence: [],
      story: null,
    };
  }

  #add(entry: Entry): void {
    this.#index.add(entry);
    this.#byQuiet.add(entry);
    this.#byId.set(entry.incident.id, entry);
  }

  #close(entry: Entry, reason: string): Closure {
    this.#byQuiet.delete(entry);
    this.#byId.delete(entry.incident.id);
    this.#updated.delete(entry);
    this.#index.remove(entry);
    return { incident: { ...copyIncident(entry.incident), state: 'closed' }, reason };
  }
}

function copyIncident(incident: Incident): Incident {
  return { ...incident, services: [...incident.services] };
}

function addService(services: Service[], { protocol, destinationPort }: Flow): void {
  const port = portOf(protocol, destinationPort);
  if (services.length === MAX_SERVICES) return;
  for (let i = 0; i < services.length; i++)
    if (services[i].protocol === protocol && services[i].port === port) return;
  services.push({ protocol, port });
}
