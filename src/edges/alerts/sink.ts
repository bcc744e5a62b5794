import type { EcsEvent } from './ecs.ts';

/** Where alerts go. Each gets every alert in order, at least once; `event.id` tells a repeated one. */
export interface AlertSink {
  /** Names its cursor: keep it the same from one start to the next. */
  readonly name: string;
  /**
   * One attempt.
   * @throws AlertError PENSTOCK_ALERT_REFUSED when trying again is of no use; after any other error it is tried again
   */
  deliver(event: EcsEvent, signal: AbortSignal): Promise<void>;
}
