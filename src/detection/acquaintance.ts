/** How well a host knows where it goes: fills in the facts of new-destination.ts. */
import type { Settings } from '../policy/schema/detectors.ts';
import type { DestinationCensus } from './destination-census.ts';
import { FIRST_SEEN } from './host-profile.ts';
import { noveltyOf } from './new-destination.ts';
import type { ProfileStore } from './profile-store.ts';
import { MINUTE_MS, type Sight } from './sight.ts';

export class Acquaintance {
  readonly #store: ProfileStore;
  readonly #census: DestinationCensus;

  constructor(store: ProfileStore, census: DestinationCensus) {
    this.#store = store;
    this.#census = census;
  }

  /** A connection begins: note where to. @returns whether the host had never been there */
  meet({ host, flow, keys, nowMs }: Sight): boolean {
    const { profile } = host;
    const minute = Math.floor(nowMs / MINUTE_MS);
    const isNew = profile.destinations.see(keys.low, minute).times === 0;
    profile.ports.see(keys.service === 0 ? 1 : keys.service, minute);
    if (isNew) {
      profile.prefixes.see(keys.network(flow.destination), minute);
      this.#census.see(keys.address(flow.destination), keys.address(host.address), minute);
    }
    return isNew;
  }

  /** 0 to 1; 0 too when the detector is off. */
  novelty({ host, flow, keys, nowMs }: Sight, settings: Settings<'newDestination'> | undefined): number {
    if (settings === undefined) return 0;
    const { profile } = host;
    const since = profile.head[FIRST_SEEN];
    const firstMs = profile.destinations.look(keys.low).firstMinute * MINUTE_MS;
    const networkMs = profile.prefixes.look(keys.network(flow.destination)).firstMinute * MINUTE_MS;
    if (firstMs === 0) return 0;
    return noveltyOf(
      {
        watchedBeforeMs: firstMs - since,
        networkWatchedBeforeMs: networkMs === 0 ? firstMs - since : networkMs - since,
        knownForMs: nowMs - firstMs,
        hosts: this.#store.established,
        hostsThere: this.#census.hosts(keys.address(flow.destination)),
      },
      settings,
    );
  }
}
