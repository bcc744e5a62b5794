/**
 * Steps of a change, announced as they are done, for whoever watches the process from within (diagnostics_channel):
 * a profiler, or a test that ends the process between two of them. Costs nothing while nobody listens.
 *
 *   recorded     the intent is in the ledger
 *   enforced     the kernel has the change
 *   cut          connections that the change forbids are gone
 *   settled      the outcome is in the ledger
 *
 * A change of policy is recorded and settled, and in between come the steps of blocks that it lifts. What is rehearsed
 * (rehearsal/) changes nothing, and is not announced.
 */
import { channel } from 'node:diagnostics_channel';

export type Step = 'recorded' | 'enforced' | 'cut' | 'settled';

const steps = channel('penstock:step');

let isRehearsal = false;

export function announceStep(step: Step): void {
  if (steps.hasSubscribers && !isRehearsal) steps.publish({ step });
}

/** Announce nothing of what `play` does. */
export function unannounced(play: () => void): void {
  isRehearsal = true;
  try {
    play();
  } finally {
    isRehearsal = false;
  }
}
