import type { Journal } from './journal.ts';
import type { Kernel } from './kernel.ts';

/** Whether conntrack is seen at work; where it is not, that is said. @returns whether it may be, for IPv4 */
export async function checkHooks(
  kernel: Pick<Kernel, 'conntrackHooks'>,
  journal: Pick<Journal, 'log'>,
): Promise<boolean> {
  const states = { 4: await kernel.conntrackHooks(4), 6: await kernel.conntrackHooks(6) };
  for (const [family, state] of Object.entries(states)) {
    if (state === 'registered') continue;
    journal.log(
      'warn',
      `IPv${family}: conntrack was not seen at work (${state}); is loopback up and tracked?`,
    );
  }
  return states[4] !== 'absent';
}
