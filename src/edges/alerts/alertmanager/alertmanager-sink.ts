/**
 * What holds, to one or more Prometheus Alertmanagers (API v2): they group, silence and tell people. Unlike other sinks
 * it sends no events but states, from the ledger: an alert only says that there is something to look at. All servers of
 * a cluster are told, as Alertmanager wants it; one that takes it is enough.
 */
import { z } from 'zod';
import { durationField } from '../../../policy/schema/quantity.ts';
import type { Dispatch } from '../dispatch.ts';
import { Endpoint, parseEndpoint } from '../endpoint.ts';
import { sinkInvalid } from '../errors.ts';
import type { Sender } from '../grouping/report.ts';
import { SecretFile } from '../secret-file.ts';
import type { Severity } from '../severity.ts';
import type { AlertSink } from '../sink.ts';
import { COMMON, filePath } from '../sink-settings.ts';
import { sinkType } from '../sink-type.ts';
import { type Condition, conditionsNow, type LedgerView } from './conditions.ts';
import { Firing } from './firing.ts';

const settings = z.strictObject({
  type: z.literal('alertmanager'),
  name: COMMON.name,
  minSeverity: COMMON.minSeverity,
  /** Of each server, without `/api/v2/alerts`. */
  urls: z
    .array(z.url({ protocol: /^https?$/, error: 'an http or https URL' }))
    .min(1)
    .max(10),
  /** A file that holds a bearer token (RFC 6750). */
  tokenFile: filePath.optional(),
  /** What holds is told again after so long; well below what Alertmanager's `resolve_timeout` would be. */
  resend: durationField.prefault('1m'),
});

export const alertmanagerSinks = sinkType({
  type: 'alertmanager',
  settings,
  open(name, { urls, tokenFile, resend, minSeverity }, { path, sender }) {
    const token = tokenFile === undefined ? undefined : new SecretFile(path(tokenFile));
    return new AlertmanagerSink({ name, urls, token, sender, minSeverity, resendMs: resend });
  },
});

export interface AlertmanagerSettings {
  readonly name: string;
  readonly urls: readonly string[];
  readonly token?: Pick<SecretFile, 'readToken'> | undefined;
  readonly sender: Sender;
  readonly minSeverity: Severity;
  readonly resendMs: number;
  /** How often it is looked whether something is over. */
  readonly lookMs?: number;
  readonly timeoutMs?: number;
}

const LOOK_MS = 10_000;
/** Alerts that one attempt is for: all are, for it tells everything. */
const BATCH = 1_000;
const TEST_MS = 60_000;

export class AlertmanagerSink implements AlertSink {
  readonly name: string;
  readonly type = 'alertmanager';
  readonly batch = BATCH;
  readonly #settings: AlertmanagerSettings;
  readonly #urls: readonly URL[];
  readonly #endpoint: Endpoint;
  readonly #firing: Firing;
  readonly #cutting = new AbortController();
  #ledger: LedgerView | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs = 0;
  #telling: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @throws AlertError PENSTOCK_ALERT_SINK_INVALID */
  constructor(settings: AlertmanagerSettings) {
    const { name, urls, resendMs, timeoutMs } = settings;
    this.name = name;
    this.#settings = settings;
    this.#urls = urls.map((url) => parseEndpoint(name, `${url.replace(/\/+$/, '')}/api/v2/alerts`));
    this.#endpoint = new Endpoint({ label: 'alertmanager', ...(timeoutMs !== undefined && { timeoutMs }) });
    this.#firing = new Firing(resendMs);
    try {
      this.#headers();
    } catch (cause) {
      throw sinkInvalid(name, (cause as Error).message, cause);
    }
  }

  attach(ledger: LedgerView): void {
    this.#ledger = ledger;
    this.#timer = setInterval(() => this.#look(), this.#settings.lookMs ?? LOOK_MS).unref();
  }

  async deliver(dispatches: readonly Dispatch[], signal: AbortSignal): Promise<void> {
    const test = dispatches.find(({ action }) => action === 'alert.test');
    if (test !== undefined) await this.#post([testAlert(test)], signal);
    if (dispatches.some((dispatch) => dispatch !== test)) await this.#tell(signal);
  }

  /** What holds goes on without us until it ends by itself: a restart is no end. */
  async close(): Promise<boolean> {
    clearInterval(this.#timer);
    this.#cutting.abort();
    await this.#telling.catch(() => {});
    return true;
  }

  /** What fails here is told by the next alert, and tried again with the next look. */
  #look(): void {
    if (this.#waiting > 0) return;
    const conditions = this.#conditions();
    const isDue = Date.now() - this.#toldAtMs >= this.#settings.resendMs && conditions.length > 0;
    if (isDue || this.#firing.hasChanged(conditions)) this.#tell(this.#cutting.signal).catch(() => {});
  }

  /** One after the other, so that none tells what another has told to be over. */
  #tell(signal: AbortSignal): Promise<void> {
    this.#waiting += 1;
    const told = this.#telling
      .catch(() => {})
      .then(() => this.#tellNow(signal))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#telling = told;
    return told;
  }

  async #tellNow(signal: AbortSignal): Promise<void> {
    const { alerts, taken } = this.#firing.round(this.#conditions(), Date.now());
    if (alerts.length > 0) await this.#post(alerts, signal);
    taken();
    this.#toldAtMs = Date.now();
  }

  #conditions(): Condition[] {
    const { minSeverity, sender } = this.#settings;
    return this.#ledger === undefined ? [] : conditionsNow(this.#ledger, minSeverity, sender);
  }

  async #post(alerts: readonly unknown[], signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(alerts);
    const headers = this.#headers();
    const attempts = this.#urls.map((url) => this.#endpoint.post(url, body, headers, signal));
    const outcomes = await Promise.allSettled(attempts);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failures.length === outcomes.length) throw failures[0].reason;
  }

  #headers(): Record<string, string> {
    const token = this.#settings.token?.readToken();
    return token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }
}

function testAlert({ message, atMs, observer }: Dispatch) {
  return {
    labels: { alertname: 'PenstockTest', severity: 'low', gateway: observer.hostname },
    annotations: { summary: message },
    startsAt: new Date(atMs).toISOString(),
    endsAt: new Date(atMs + TEST_MS).toISOString(),
  };
}
