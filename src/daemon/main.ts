/**
 * The daemon once it is loaded (run.ts): two threads and what connects them.
 *
 *   engine thread   conntrack -> policy -> incident -> decision -> nftables; writes the ledger
 *   main thread     API, alerts, metrics, signals, systemd; reads the ledger
 */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { Outbox } from '../edges/alerts/outbox.ts';
import type { Subscription } from '../edges/alerts/sink.ts';
import { exportStix } from '../edges/alerts/stix/export.ts';
import { openAccessDatabase } from '../edges/api/access-database.ts';
import { ADMIN_TOKEN_NAME, ensureAdminToken } from '../edges/api/admin-token.ts';
import { TokenStore } from '../edges/api/token-store.ts';
import { consoleFiles } from '../edges/console/serve.ts';
import type { EngineClient } from '../engine/client.ts';
import { LedgerReader } from '../ledger/reader.ts';
import { ApiListener } from './api-listener.ts';
import type { Configuration } from './configuration.ts';
import { DenyListRefresher } from './deny-list-refresher.ts';
import { startEscalation } from './escalation.ts';
import { openEvidence } from './evidence/evidence.ts';
import { openFlowHistory, startHistoryThread } from './flow-history.ts';
import { ApiMeter } from './metrics/api-meter.ts';
import { timedSubscriptions } from './metrics/timed-sink.ts';
import { addDenyLists, createMetrics } from './metrics.ts';
import { openReports } from './reports.ts';
import type { DaemonParts } from './run.ts';
import { ServiceNotifier } from './service-notifier.ts';
import { readAgain } from './start-policy.ts';

/** It does nothing until the log has grown. */
const CHECKPOINT_EVERY_MS = 1_000;

/** Run until a signal or a failure. @returns the exit status */
export function runParts(parts: DaemonParts): Promise<number> {
  return new Daemon(parts).run(parts.engine, parts.subscriptions);
}

class Daemon {
  readonly #configuration: Configuration;
  readonly #log: Logger;
  readonly #version: string;
  readonly #observer: { readonly hostname: string; readonly version: string };
  readonly #service = new ServiceNotifier(process.env);

  constructor({ configuration, version, log }: DaemonParts) {
    this.#configuration = configuration;
    this.#version = version;
    this.#observer = { hostname: hostname(), version };
    this.#log = log;
  }

  async run(starting: Promise<EngineClient>, sinks: readonly Subscription[]): Promise<number> {
    await using cleanup = new AsyncDisposableStack();
    const { alerts } = this.#configuration;
    const registry = new Registry();
    const subscriptions = timedSubscriptions(sinks, registry);
    const historyThread = startHistoryThread(this.#configuration);
    cleanup.defer(() => historyThread.end());
    const engine = await starting;
    cleanup.defer(() => stopEngine(engine));
    const ledger = LedgerReader.open(this.#path('ledger.db'));
    cleanup.defer(() => ledger.close());
    const outbox = this.#openOutbox(engine, ledger, subscriptions);
    cleanup.defer(() => outbox.stop());
    const escalation = startEscalation(alerts, engine, ledger, this.#log);
    cleanup.defer(() => escalation?.stop());
    const reopen = () => outbox.reopen();
    process.on('SIGHUP', reopen);
    cleanup.defer(() => void process.off('SIGHUP', reopen));
    const access = openAccessDatabase(this.#path('access.db'));
    cleanup.defer(() => access.close());
    const tokenIsNew = ensureAdminToken(new TokenStore(access, Date.now), this.#path('admin.token'));
    if (tokenIsNew) await recordAdminToken(engine);
    const { stateDir } = this.#configuration;
    const metrics = createMetrics(engine, outbox, { registry, stateDir });
    const evidence = await openEvidence({
      ...{ engine, ledger, stateDir, registry },
      ...{ version: this.#version, log: this.#log },
    });
    cleanup.defer(() => evidence.stop());
    const history = await openFlowHistory(historyThread, engine, metrics, this.#log);
    cleanup.defer(() => history.close());
    const reports = openReports(this.#configuration, {
      engine,
      ledger,
      history,
      version: this.#version,
      log: this.#log,
    });
    cleanup.defer(() => reports.stop());
    const pages = this.#console();
    const parts = {
      engine,
      ledger,
      access,
      metrics,
      history,
      reports,
      alerts: outbox,
      stix: (id: string) => exportStix(ledger, this.#observer, id),
      evidence,
      meter: new ApiMeter(metrics).handler,
      version: this.#version,
      log: this.#log,
      ...(pages && { pages }),
    };
    const api = await ApiListener.open(parts, this.#configuration);
    cleanup.defer(() => api.close());
    const reread = () => api.reload();
    process.on('SIGHUP', reread);
    cleanup.defer(() => void process.off('SIGHUP', reread));
    const refresher = new DenyListRefresher({
      engine,
      ledger,
      policyPath: this.#configuration.policy,
      stateDir: this.#configuration.stateDir,
      log: this.#log,
    });
    cleanup.defer(() => refresher.stop());
    addDenyLists(metrics, refresher);
    const timers = this.#startTimers(engine, ledger);
    cleanup.defer(() => timers.forEach(clearInterval));
    this.#announce(api.url, tokenIsNew);
    // For the next start: a daemon that is killed writes nothing at its end.
    flushCompileCache();
    const ended = await this.#untilEnd(engine);
    this.#service.stopping();
    return ended;
  }

  #path(name: string): string {
    return join(this.#configuration.stateDir, name);
  }

  /** A gateway is protected with its console and without. */
  #console(): ReturnType<typeof consoleFiles> | undefined {
    try {
      return consoleFiles();
    } catch (error) {
      this.#log.error({ err: error }, (error as Error).message);
      return undefined;
    }
  }

  #openOutbox(engine: EngineClient, ledger: LedgerReader, subscriptions: readonly Subscription[]): Outbox {
    const outbox = new Outbox({
      cursorPath: this.#path('alerts.db'),
      ledger,
      subscriptions,
      observer: this.#observer,
      record: (draft) => void engine.call('record', { entries: [draft] }).catch(() => {}),
    });
    engine.onNotice((notice) => {
      if (notice.notice === 'appended') outbox.wake();
    });
    outbox.wake();
    return outbox;
  }

  #startTimers(engine: EngineClient, ledger: LedgerReader): NodeJS.Timeout[] {
    const checkpoint = () => {
      try {
        ledger.checkpoint();
      } catch (error) {
        this.#log.error({ err: error }, 'checkpoint of the ledger failed');
      }
    };
    const timers = [setInterval(checkpoint, CHECKPOINT_EVERY_MS)];
    const { watchdogIntervalMs } = this.#service;
    // Only an engine that answers is alive.
    const pat = () =>
      engine.call('status', {}).then(
        ({ ok }) => ok && this.#service.alive(),
        () => {},
      );
    if (watchdogIntervalMs !== undefined) timers.push(setInterval(pat, watchdogIntervalMs));
    return timers;
  }

  #announce(url: string, tokenIsNew: boolean): void {
    const tokenPath = this.#path('admin.token');
    this.#log.info({ url: { full: url } }, `protecting; API at ${url}`);
    this.#service.ready(`protecting; API at ${url}`);
    // Started by hand, the person reads it here; under systemd it would stand in the journal.
    if (process.env.INVOCATION_ID !== undefined) return;
    process.stdout.write(
      `\nPenstock ${this.#version}\n  console and API    ${url}\n  admin token        ${tokenPath}\n`,
    );
    if (tokenIsNew) process.stdout.write(`  token (shown once) ${readFileSync(tokenPath, 'utf8').trim()}\n`);
    process.stdout.write('\n');
  }

  #untilEnd(engine: EngineClient): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(0));
    process.on('SIGHUP', () => void this.#reload(engine));
    engine.ended.then((failure) => {
      // After a signal it was told to.
      if (failure) this.#log.fatal({ err: failure }, `the engine has ended: ${failure.message}`);
      resolve(1);
    });
    return promise;
  }

  /** SIGHUP: read the policy file again. A bad one changes nothing. */
  async #reload(engine: EngineClient): Promise<void> {
    const path = this.#configuration.policy;
    this.#service.reloading();
    if (path === undefined)
      this.#log.warn('SIGHUP: no policy file was named, so there is none to read again');
    else
      await this.#applyFile(engine, path).catch((error) => this.#log.error({ err: error }, 'reload failed'));
    this.#service.ready('protecting');
  }

  async #applyFile(engine: EngineClient, path: string): Promise<void> {
    const read = readAgain(path);
    if ('problems' in read) {
      for (const problem of read.problems) this.#log.error(`policy not used: ${problem}`);
      const body = { name: null, problems: read.problems };
      await engine.call('record', { entries: [{ type: 'policy.refused', actor: 'file', body }] });
      return;
    }
    const outcome = await engine.call('applyPolicy', {
      policy: read.policy,
      actor: 'file',
      reason: 'SIGHUP',
    });
    if (outcome.ok) this.#log.info({ revision: outcome.result.revision }, 'policy read again');
    else await this.#refuseFile(engine, outcome.refusal.message);
  }

  /** The engine does not take it now. */
  async #refuseFile(engine: EngineClient, problem: string): Promise<void> {
    this.#log.error(`policy not used: ${problem}`);
    const body = { name: null, problems: [problem] };
    await engine.call('record', { entries: [{ type: 'policy.refused', actor: 'file', body }] });
  }
}

async function recordAdminToken(engine: EngineClient): Promise<void> {
  const body = { name: ADMIN_TOKEN_NAME, role: 'admin', expiresAtMs: null };
  await engine.call('record', { entries: [{ type: 'token.created', actor: 'penstock', body }] });
}

async function stopEngine(engine: EngineClient): Promise<void> {
  await engine.call('stop', {}).catch(() => {});
  await engine.ended;
}
