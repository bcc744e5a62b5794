import { fetchPage } from '../client.ts';
import type { HonestTransfer } from '../honest-transfer.ts';
import { destinationBlock } from '../kernel-view.ts';
import { LISTED_C2, type Stage, WEB } from '../stage.ts';

/** What stays when the daemon goes. */
export async function end(stage: Stage, honest: HonestTransfer): Promise<void> {
  const { report, network, daemon } = stage;
  report.scene('9. The end');
  await honest.finish();
  const audit = ['audit', 'verify', '--state-dir', daemon.stateDir];
  const cli = new URL('../../../src/edges/cli/main.ts', import.meta.url).pathname;
  const verified = await network.runAsync('gateway', process.execPath, [cli, ...audit]);
  report.claim(`penstock audit verify: ${verified.stdout.trim()}`, verified.status === 0);
  report.claim('the daemon stops when told to', (await stage.stopDaemon()) === 0);
  const left = destinationBlock(stage, LISTED_C2);
  report.claim(
    `the approved block outlives it, but not for ever: ${left?.expires} s are left of it`,
    left !== undefined && left.expires > 0 && left.expires <= left.timeout,
  );
  report.claim('honest traffic passes without it', (await fetchPage(stage, 'desk', WEB)) !== undefined);
}
