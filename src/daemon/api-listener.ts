/** The API on its address, and on a Unix socket where one is set. Who looks for it finds it in DIR/url. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ApiParts, createApi } from '../edges/api/api.ts';
import { type ApiServer, createApiServer } from '../edges/api/server.ts';
import type { ApiSettings } from './api-settings.ts';
import { DaemonError } from './errors.ts';
import type { ListenAddress } from './listen-address.ts';
import { readTlsFiles, watchTlsFiles } from './tls-files.ts';
import { listenOnSocket } from './unix-socket.ts';

export interface ListenSettings {
  readonly listen: ListenAddress;
  readonly api: ApiSettings;
  readonly stateDir: string;
}

/** What the daemon has besides settings. */
type Parts = Omit<ApiParts, 'hostNames' | 'rates' | 'oidc' | 'certificates' | 'log'> & {
  readonly log: ListenerLog;
};

type ListenerLog = ApiParts['log'] & {
  info(message: string): void;
  error(fields: { err: unknown }, message: string): void;
};

export class ApiListener {
  /** Where people find it. */
  readonly url: string;
  readonly #servers: readonly Server[];
  readonly #urlPath: string;
  readonly #reload: () => void;
  readonly #unwatch: () => void;

  private constructor(
    url: string,
    { servers, reload, unwatch }: { servers: readonly Server[]; reload: () => void; unwatch: () => void },
    { api, stateDir }: ListenSettings,
  ) {
    this.url = url;
    this.#servers = servers;
    this.#urlPath = join(stateDir, 'url');
    this.#reload = reload;
    this.#unwatch = unwatch;
    // Who is on this machine comes by the socket: no certificate to know, and root alone may open it.
    const nearest = api.socket ? `unix:${api.socket.path}` : url;
    // Whoever waits for the file never finds it empty.
    writeFileSync(`${this.#urlPath}.new`, `${nearest}\n`, { mode: 0o644 });
    renameSync(`${this.#urlPath}.new`, this.#urlPath);
  }

  /** @throws DaemonError PENSTOCK_LISTEN_FAILED, PENSTOCK_CONFIG_INVALID */
  static async open(parts: Parts, settings: ListenSettings): Promise<ApiListener> {
    const { listen, api } = settings;
    const { tls, socket } = api;
    const files = tls && !('socketPath' in listen) ? readTlsFiles(tls) : undefined;
    const app = createApi({
      ...parts,
      rates: api.rates,
      oidc: api.oidc,
      certificates: tls?.clients,
      hostNames: [...api.hostNames, ...(files?.hostNames ?? [])],
    });
    const server = createApiServer(app, {}, files && { ...files.context, ...clientRules(tls) });
    const own = 'socketPath' in listen && listen.socketPath === socket?.path;
    const plain = socket && !own ? createApiServer(app) : undefined;
    const url = await opened(server, listen, settings);
    if (plain && socket) await listenOnSocket(plain, socket);
    const reload = () => reloadTls(server, tls, parts.log);
    const unwatch = tls ? watchTlsFiles(tls, reload) : () => {};
    return new ApiListener(url, { servers: plain ? [server, plain] : [server], reload, unwatch }, settings);
  }

  /** SIGHUP: read the certificates again. What is wrong with them changes nothing. */
  reload(): void {
    this.#reload();
  }

  async close(): Promise<void> {
    this.#unwatch();
    rmSync(this.#urlPath, { force: true });
    await Promise.all(this.#servers.map(closed));
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

/** Where they are not required, one that does not verify counts as none. */
function clientRules(tls: ApiSettings['tls']) {
  const requestCert = tls?.clientCaFile !== undefined;
  return { requestCert, rejectUnauthorized: requestCert && tls?.clientCertificate === 'required' };
}

async function opened(server: Server, listen: ListenAddress, { api }: ListenSettings): Promise<string> {
  if ('socketPath' in listen) {
    const { socketPath: path } = listen;
    await listenOnSocket(server, api.socket?.path === path ? api.socket : { path, group: undefined });
    return `unix:${path}`;
  }
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) => {
      const message = `cannot listen on ${listen.host}:${listen.port}: ${cause.message}`;
      failed(new DaemonError('PENSTOCK_LISTEN_FAILED', message, 1, { cause }));
    });
    server.listen(listen.port, listen.host, done);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return `${api.tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function reloadTls(server: ApiServer, tls: ApiSettings['tls'], log: ListenerLog): void {
  if (tls === undefined || !('setSecureContext' in server)) return;
  try {
    server.setSecureContext(readTlsFiles(tls).context);
    log.info(`certificate read again: ${tls.certFile}`);
  } catch (err) {
    log.error({ err }, `certificate not used: ${(err as Error).message}`);
  }
}
