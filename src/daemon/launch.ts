/** The daemon's entry. The engine's thread loads its modules while this one loads its own, and needs no word before. */
import { launchEngine } from '../engine/launch.ts';
import type { DaemonFlags } from './configuration.ts';

/** Run until a signal or a failure. @returns the exit status */
export async function runDaemon(flags: DaemonFlags): Promise<number> {
  const thread = launchEngine();
  const { run } = await import('./run.ts');
  return run(flags, thread);
}
