/** The API on its address. Who looks for it finds the address in DIR/url. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ApiParts, createApi } from '../edges/api/api.ts';
import { createApiServer } from '../edges/api/server.ts';
import type { ListenAddress } from './configuration.ts';
import { DaemonError } from './errors.ts';

export class ApiListener {
  readonly url: string;
  readonly #server: Server;
  readonly #urlPath: string;

  private constructor(server: Server, stateDir: string) {
    const { address, family, port } = server.address() as AddressInfo;
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    this.#server = server;
    this.#urlPath = join(stateDir, 'url');
    // Whoever waits for the file never finds it empty.
    writeFileSync(`${this.#urlPath}.new`, `${this.url}\n`, { mode: 0o644 });
    renameSync(`${this.#urlPath}.new`, this.#urlPath);
  }

  /** @throws DaemonError PENSTOCK_LISTEN_FAILED */
  static async open(parts: ApiParts, listen: ListenAddress, stateDir: string): Promise<ApiListener> {
    const server = createApiServer(createApi(parts));
    await new Promise<void>((done, failed) => {
      server.once('error', (cause) => {
        const message = `cannot listen on ${listen.host}:${listen.port}: ${cause.message}`;
        failed(new DaemonError('PENSTOCK_LISTEN_FAILED', message, 1, { cause }));
      });
      server.listen(listen.port, listen.host, done);
    });
    return new ApiListener(server, stateDir);
  }

  close(): Promise<void> {
    rmSync(this.#urlPath, { force: true });
    return new Promise((done) => {
      this.#server.close(() => done());
      this.#server.closeAllConnections();
    });
  }
}
