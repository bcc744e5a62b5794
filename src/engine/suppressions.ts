/**
 * The suppressions that are active, as findings meet them:
 *
 *   detector -> host -> those of that host, each with its destination and service
 *
 * Only findings of detectors are looked up here. What the policy itself says, a deny-list hit above all, never comes
 * this way.
 */
import { type Address, parseAddress, sameAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { Finding } from '../detection/finding.ts';
import { serviceOf } from '../incident/service.ts';
import { type Suppression, sameScope } from '../incident/suppression.ts';
import type { AnomalyDetector } from '../policy/schema/detectors.ts';

export const MAX_SUPPRESSIONS = 10_000;

interface Held {
  readonly suppression: Suppression;
  readonly host: Address;
  readonly destination: Address | null;
  hits: number;
}

/** One that must end so that another can begin. */
export interface Displaced {
  readonly suppression: Suppression;
  readonly reason: string;
}

export class Suppressions {
  readonly #byDetector = new Map<AnomalyDetector, AddressMap<Held[]>>();
  /** The oldest first. */
  readonly #byId = new Map<string, Held>();
  readonly #max: number;
  /** None ends before; it may be earlier than the first end. */
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor({ max = MAX_SUPPRESSIONS }: { max?: number } = {}) {
    this.#max = max;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Suppression | undefined {
    return this.#byId.get(id)?.suppression;
  }

  /** How many findings it has silenced since the start; undefined when it is not active. */
  hits(id: string): number | undefined {
    return this.#byId.get(id)?.hits;
  }

  /** @throws AddressError, and then it is not taken */
  add(suppression: Suppression): void {
    const { id, detector, destination, untilMs } = suppression;
    const held: Held = {
      suppression,
      host: parseAddress(suppression.host),
      destination: destination === null ? null : parseAddress(destination),
      hits: 0,
    };
    this.remove(id);
    this.#byId.set(id, held);
    this.#dueAtMs = Math.min(this.#dueAtMs, untilMs);
    const hosts = this.#byDetector.get(detector) ?? new AddressMap<Held[]>();
    this.#byDetector.set(detector, hosts);
    const known = hosts.get(held.host);
    if (known) known.push(held);
    else hosts.set(held.host, [held]);
  }

  remove(id: string): void {
    const held = this.#byId.get(id);
    if (held === undefined) return;
    this.#byId.delete(id);
    const hosts = this.#byDetector.get(held.suppression.detector);
    const others = hosts?.get(held.host)?.filter((other) => other !== held) ?? [];
    if (others.length > 0) hosts?.set(held.host, others);
    else hosts?.delete(held.host);
  }

  /** What must end for `coming`: those of the same scope, and the oldest where there is no room. */
  displacedBy(coming: readonly Suppression[]): Displaced[] {
    const displaced = new Map<string, Displaced>();
    for (const next of coming) {
      const same = this.#of(next.detector, parseAddress(next.host)).filter((held) =>
        sameScope(held.suppression, next),
      );
      for (const { suppression } of same) {
        displaced.set(suppression.id, { suppression, reason: `${next.id} takes its place` });
      }
    }
    for (const { suppression } of this.#byId.values()) {
      if (this.size - displaced.size + coming.length <= this.#max) break;
      if (displaced.has(suppression.id)) continue;
      displaced.set(suppression.id, {
        suppression,
        reason: `the oldest of ${this.#max}, ended to make room`,
      });
    }
    return [...displaced.values()];
  }

  /** Those whose time is over. They silence nothing any more, but stay until they are removed. */
  due(nowMs: number): Suppression[] {
    if (nowMs < this.#dueAtMs) return [];
    const all = [...this.#byId.values()].map(({ suppression }) => suppression);
    const due = all.filter(({ untilMs }) => untilMs <= nowMs);
    if (due.length === 0) {
      this.#dueAtMs = all.reduce((first, { untilMs }) => Math.min(first, untilMs), Number.POSITIVE_INFINITY);
    }
    return due;
  }

  /** The one that silences a finding, which it counts. */
  find(finding: Finding, nowMs: number): Suppression | undefined {
    const held = this.#of(finding.detector, finding.flow.host).find((each) => silences(each, finding, nowMs));
    if (held === undefined) return undefined;
    held.hits += 1;
    return held.suppression;
  }

  #of(detector: AnomalyDetector, host: Address): readonly Held[] {
    return this.#byDetector.get(detector)?.get(host) ?? [];
  }
}

/** What is said of one destination says nothing of the host as a whole, and the other way round. */
function silences({ suppression, destination }: Held, { flow, scope }: Finding, nowMs: number): boolean {
  if (suppression.untilMs <= nowMs) return false;
  const fits =
    scope === 'host'
      ? destination === null
      : destination !== null && sameAddress(destination, flow.destination);
  if (!fits || suppression.service === null) return fits;
  const { protocol, port } = serviceOf(flow);
  return suppression.service.protocol === protocol && suppression.service.port === port;
}
