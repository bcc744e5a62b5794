/** How well a host knows where it goes: fills in the facts of new-destination.ts. */
import type { Settings } from '../policy/schema/detectors.ts';
import type { DestinationCensus } from './destination-census.ts';
import { FIRST_SEEN } from './host-profile.ts';
import { noveltyOf } from './new-destination.ts';
import { isEstablished, type ProfileStore } from './profile-store.ts';
import { MINUTE_MS, type Sight } from './sight.ts';

const COUNTED_VISITS = 4;

export class Acquaintance {
  readonly #store: ProfileStore;
  readonly #census: DestinationCensus;

  constructor(store: ProfileStore, census: DestinationCensus) {
    this.#store = store;
    this.#census = census;
  }

  /** A connection begins: note where to. @returns whether the host had never been there */
  meet({ host, flow, keys, minute }: Sight): boolean {
    const { profile } = host;
    const { times } = profile.destinations.see(keys.low, minute);
    const isNew = times === 0;
    if (isNew) {
      profile.services.see(keys.service, minute);
      profile.prefixes.see(keys.network(flow.destination), minute);
    }
    // Made-up hosts must not make a place look common. A host that has only just come counts by its next visits.
    if (times < COUNTED_VISITS && isEstablished(host))
      this.#census.see(keys.destination, keys.address(host.address), minute);
    return isNew;
  }

  /** 0 to 1; 0 too when the detector is off. */
  novelty({ host, flow, keys, nowMs }: Sight, settings: Settings<'newDestination'> | undefined): number {
    if (settings === undefined) return 0;
    const { profile } = host;
    const since = profile.f64[profile.at + FIRST_SEEN];
    const firstMs = profile.destinations.look(keys.low).firstMinute * MINUTE_MS;
    const networkMs = profile.prefixes.look(keys.network(flow.destination)).firstMinute * MINUTE_MS;
    if (firstMs === 0) return 0;
    return noveltyOf(
      {
        watchedBeforeMs: firstMs - since,
        networkWatchedBeforeMs: networkMs === 0 ? firstMs - since : networkMs - since,
        serviceWatchedBeforeMs: profile.services.look(keys.service).firstMinute * MINUTE_MS - since,
        knownForMs: nowMs - firstMs,
        hosts: this.#store.established,
        hostsThere: this.#census.hosts(keys.destination),
      },
      settings,
    );
  }
}
