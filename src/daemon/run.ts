/**
 * What comes first in a daemon: the settings, the locks, the policy, and the engine. All else (main.ts) is loaded while
 * the engine restores what stands.
 *
 *   engine thread   modules | ledger: what stands | kernel: blocks | policy | kernel: allowlist | protecting
 *   main thread     settings -^  policy's file ---------------------^   modules of API, alerts, ...    ^- API
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Subscription } from '../edges/alerts/sink.ts';
import { EngineClient } from '../engine/client.ts';
import type { Notice } from '../engine/commands.ts';
import type { EngineThread } from '../engine/launch.ts';
import { isLarge } from '../policy/load-thread.ts';
import { openAlertSinks } from './alert-sinks.ts';
import { readBootId } from './boot-id.ts';
import { type Configuration, configure, type DaemonFlags } from './configuration.ts';
import { DaemonError } from './errors.ts';
import { ExclusiveUse } from './exclusive-use.ts';
import { openLog } from './log.ts';
import { readStartPolicy } from './start-policy.ts';

export interface DaemonParts {
  readonly configuration: Configuration;
  readonly version: string;
  /** Where alerts go. */
  readonly subscriptions: readonly Subscription[];
  /** Rejects with what keeps it from protecting. */
  readonly engine: Promise<EngineClient>;
  readonly log: Logger;
}

/** Run until a signal or a failure. @returns the exit status */
export async function run(flags: DaemonFlags, thread: EngineThread): Promise<number> {
  const log = openLog();
  try {
    const configuration = configure(flags, process.env);
    using cleanup = new DisposableStack();
    const exclusive = await ExclusiveUse.claim(configuration.stateDir);
    cleanup.defer(() => exclusive.release());
    const subscriptions = openAlertSinks(configuration.alerts, configuration.path);
    const version = readVersion();
    const engine = startEngine({ configuration, version, log }, thread);
    // The daemon asks for it when it is loaded.
    engine.catch(() => {});
    const { runParts } = await import('./main.ts');
    return await runParts({ configuration, version, subscriptions, engine, log });
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : String(error));
    return error instanceof DaemonError ? error.exitCode : 1;
  } finally {
    await thread.worker.terminate();
  }
}

async function startEngine(
  { configuration, version, log }: Pick<DaemonParts, 'configuration' | 'version' | 'log'>,
  thread: EngineThread,
): Promise<EngineClient> {
  const { policy, stateDir, boot, tableOwner, markMask, bootIdPath } = configuration;
  const settings = {
    ledgerPath: join(stateDir, 'ledger.db'),
    policyIsLarge: policy !== undefined && isLarge(policy),
    boot: { path: join(stateDir, 'boot.nft'), choice: boot },
    ...{ tableOwner, markMask, version },
    bootId: readBootId(bootIdPath, log),
  };
  const onNotice = (notice: Notice) => {
    if (notice.notice === 'log') log[notice.level](notice.fields, notice.message);
  };
  // The engine gets its settings first.
  const start = Promise.resolve().then(() => readStartPolicy(policy, log));
  try {
    return await EngineClient.start(settings, start, onNotice, thread);
  } catch (cause) {
    if ((await start).policyProblems.length > 0) {
      const message = 'there is no good policy to start with: mend the problems above';
      throw new DaemonError('PENSTOCK_POLICY_INVALID', message, 2, { cause });
    }
    throw startFailure(cause);
  }
}

function startFailure(cause: unknown): DaemonError {
  const error = cause as { code?: string; message?: string; errno?: number };
  const denied = error.code === 'EPERM' || /EPERM|not permitted/i.test(error.message ?? '');
  if (denied) {
    const message = `${error.message}: run it as root, or with CAP_NET_ADMIN`;
    return new DaemonError('PENSTOCK_NOT_PERMITTED', message, 3, { cause });
  }
  return new DaemonError('PENSTOCK_ENGINE_FAILED', error.message ?? String(cause), 1, { cause });
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
