/** How long the engine's loop works at a time, during which an event waits, and how late its chores come. */
import { TimeHistogram, type TimeSummary } from './time-histogram.ts';

export class LoopMeter {
  /** From the end of waiting to the next: the longest that an event of the kernel waits for its turn. */
  readonly turns = new TimeHistogram();
  /** By how much chores came after their time. */
  readonly lateness = new TimeHistogram();

  summary(): { readonly turns: TimeSummary; readonly lateness: TimeSummary } {
    return { turns: this.turns.summary, lateness: this.lateness.summary };
  }
}
