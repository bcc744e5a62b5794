/** Where and when an attack takes place. */
import type { Address } from '../../../src/address/address.ts';
import type { Background } from './background.ts';

export interface Scene {
  readonly host: Address;
  readonly background: Background;
  /** Hours of the day (UTC) that were silent on all days before, and so were those beside them. */
  readonly silentHours: readonly number[];
  /** An attack begins at its start, or soon after, and is over at its end. */
  readonly startMs: number;
  readonly endMs: number;
}
