/** The API on a real HTTP server on a loopback port of the kernel's choice. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Registry } from 'prom-client';
import { openAccessDatabase } from '../../../../src/edges/api/access-database.ts';
import { type ApiParts, createApi } from '../../../../src/edges/api/api.ts';
import type { OidcSettings } from '../../../../src/edges/api/oidc-tokens.ts';
import type { RateSettings } from '../../../../src/edges/api/rate-limits.ts';
import type { AlertControl } from '../../../../src/edges/api/resource/alerts.ts';
import type { StixSource } from '../../../../src/edges/api/resource/stix.ts';
import { ROLES, type Role } from '../../../../src/edges/api/role.ts';
import { createApiServer } from '../../../../src/edges/api/server.ts';
import { TokenStore } from '../../../../src/edges/api/token-store.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { Ledger } from '../../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../../src/ledger/reader.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeHistory } from './fake-history.ts';
import { FakeReports } from './fake-reports.ts';
import { SEED } from './samples.ts';

export interface Sent {
  method?: string;
  as?: Role;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Options {
  heartbeatMs?: number;
  stallMs?: number;
  limits?: Parameters<typeof createApiServer>[1];
  /** The console's files, for tests in a browser. */
  pages?: Parameters<typeof createApi>[0]['pages'];
  evidence?: Parameters<typeof createApi>[0]['evidence'];
  rates?: RateSettings;
  oidc?: OidcSettings;
  alerts?: AlertControl;
  stix?: StixSource;
}

/** Tests come in more often, and fail to, than anybody should. */
const UNLIMITED: RateSettings = { reads: 1e9, changes: 1e9, failures: 1e9 };

export class ServedApi implements AsyncDisposable {
  readonly engine = new FakeEngine();
  readonly history = new FakeHistory();
  readonly reports = new FakeReports();
  readonly metrics = new Registry();
  readonly faults: unknown[] = [];
  /** Each fault with what is said of its request. */
  readonly logged: unknown[] = [];
  readonly tokens: Record<Role, string> = { viewer: '', operator: '', approver: '', admin: '' };
  readonly stateDir = mkdtempSync(join(tmpdir(), 'penstock-api-'));
  readonly #writer = Ledger.open(join(this.stateDir, 'ledger.db'));
  readonly ledger: LedgerReader;
  url = '';
  store!: TokenStore;
  nowMs = Date.parse('2026-10-05T12:00:00Z');
  #access!: DatabaseSync;
  #server!: Server;

  private constructor() {
    this.#writer.append(SEED, { sync: false });
    this.ledger = LedgerReader.open(join(this.stateDir, 'ledger.db'));
  }

  static async start(options: Options = {}): Promise<ServedApi> {
    const api = new ServedApi();
    await api.#open(options);
    api.restoreTokens();
    return api;
  }

  /** One of each role, also when a request has removed it. @returns those that were made */
  restoreTokens(): string[] {
    const missing = ROLES.filter((role) => !this.store.find(`the-${role}`));
    for (const role of missing)
      this.tokens[role] = this.store.create({ name: `the-${role}`, role, expiresAtMs: null });
    return missing.map((role) => this.tokens[role]);
  }

  async #open(options: Options = {}): Promise<void> {
    const now = () => this.nowMs;
    this.#access = openAccessDatabase(join(this.stateDir, 'access.db'));
    this.store = new TokenStore(this.#access, now);
    const app = createApi({ ...this.parts, ...options });
    this.#server = createApiServer(app, options.limits);
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What an API is made of, for another one beside this. */
  get parts(): ApiParts {
    const log = {
      error: (fields: { err: unknown }) => {
        this.faults.push(fields.err);
        this.logged.push(fields);
      },
    };
    const { engine, history, reports, ledger, metrics } = this;
    return {
      ...{ engine, history, reports, ledger, metrics, log, rates: UNLIMITED },
      ...{ access: this.#access, now: () => this.nowMs, version: '9.9.9' },
    };
  }

  /** A new process on the same state directory. */
  async restart(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  /** As the engine does: write, then tell. */
  append(...drafts: EntryDraft[]): void {
    this.#writer.append(drafts, { sync: false });
    this.engine.tell({ notice: 'appended', seq: this.#writer.head.seq });
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  send(path: string, { method = 'GET', as, body, headers = {} }: Sent = {}): Promise<Response> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${this.url}${path}`, {
      method,
      ...(text !== undefined && { body: text as string }),
      headers: {
        ...(as && { authorization: `Bearer ${this.tokens[as]}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
  }

  /** Status and parsed answer. */
  async ask(path: string, sent: Sent = {}) {
    const response = await this.send(path, sent);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }

  async #close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
    this.#access.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.ledger.close();
    this.#writer.close();
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
