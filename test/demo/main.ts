/**
 * The demo: a small network of namespaces, the real daemon on its gateway, honest and dishonest traffic with real
 * clients. It tells what happens as it happens, proves each claim itself, and ends with 1 when one does not hold.
 * Nothing of it stays: namespaces, processes and files go at the end, also after Ctrl-C.
 */
import { HonestTransfer } from './honest-transfer.ts';
import { removeLeftovers } from './leftovers.ts';
import { Report } from './report.ts';
import { approval } from './scene/approval.ts';
import { burst } from './scene/burst.ts';
import { denyListed } from './scene/deny-listed.ts';
import { end } from './scene/end.ts';
import { honestTraffic } from './scene/honest-traffic.ts';
import { quarantineAndRollback } from './scene/quarantine-and-rollback.ts';
import { rejection } from './scene/rejection.ts';
import { standingConnection } from './scene/standing-connection.ts';
import { LISTED_C2, Stage, UNLISTED_C2 } from './stage.ts';
import { Stream } from './stream.ts';

const LABEL = 'demo';

async function perform(report: Report, cleanup: AsyncDisposableStack): Promise<void> {
  report.scene('0. The stage');
  const stage = await Stage.open(report, cleanup, LABEL);
  await Promise.all([stage.follow(), play(stage, cleanup)]);
}

async function play(stage: Stage, cleanup: AsyncDisposableStack): Promise<void> {
  const { report } = stage;
  const servers = {
    listed: await stage.listen('c2', LISTED_C2, 443),
    unlisted: await stage.listen('c2', UNLISTED_C2, 443),
  };
  await honestTraffic(stage);
  const honest = cleanup.adopt(new HonestTransfer(stage, 'desk'), (transfer) => transfer.stop());
  const stream = new Stream(stage.network, 'laptop', UNLISTED_C2, 443, servers.unlisted);
  cleanup.defer(() => stream.stop());
  report.say(`desk begins to upload and ping; laptop begins to stream to ${UNLISTED_C2}:443`);
  const block = await denyListed(stage, servers.listed);
  await approval(stage, block);
  await standingConnection(stage, stream);
  await rejection(stage);
  await burst(stage);
  await quarantineAndRollback(stage, block);
  await end(stage, honest);
}

/**
 * Rejects on the first signal or stray error; what follows changes nothing, for the cleaning up is under way. A reader
 * of the output who has seen enough (`| head`) is no reason to leave anything behind.
 */
function interruption(): Promise<never> {
  process.stdout.on('error', () => {});
  return new Promise((_, interrupt) => {
    process.on('uncaughtException', interrupt);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => interrupt(new Error(`interrupted by ${signal}`)));
  });
}

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) {
    process.stderr.write('demo: run it as root: it makes network namespaces\n');
    return 3;
  }
  const interrupted = interruption();
  const report = new Report();
  const cleanup = new AsyncDisposableStack();
  try {
    await Promise.race([perform(report, cleanup), interrupted]);
  } catch (error) {
    report.abort((error as Error).message);
  }
  await cleanup.disposeAsync();
  return report.finish(removeLeftovers(LABEL)) ? 0 : 1;
}

process.exit(await main());
