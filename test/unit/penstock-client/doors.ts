/** Other ways to a server on loopback: a Unix socket, and TLS with an authority of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export class Doors implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'penstock-doors-'));
  readonly #port: number;
  readonly #open = new AsyncDisposableStack();

  /** @param port of the server that is behind them */
  constructor(port: number) {
    this.#port = port;
    this.#open.defer(() => rmSync(this.folder, { recursive: true }));
  }

  /** Returns its path. */
  async socket(): Promise<string> {
    const path = join(this.folder, 'api.sock');
    await this.#listen(
      createServer((client) => this.#through(client)),
      path,
    );
    return path;
  }

  /** Returns the URL. Shows `server` and, with `isMutual`, wants a certificate of the same authority. */
  async tls(isMutual: boolean): Promise<string> {
    const options: TlsOptions = {
      ...{ cert: this.read('server.pem'), key: this.read('server.key'), ca: this.read('ca.pem') },
      ...{ requestCert: isMutual, rejectUnauthorized: isMutual },
    };
    const server = createTlsServer(options, (client) => this.#through(client));
    server.on('tlsClientError', () => {});
    await this.#listen(server);
    const address = server.address();
    return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** An authority, and certificates of a server and of a client by it. */
  certify(): void {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
    const key = (name: string) => [
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', `${name}.key`, '-subj', `/CN=${name}`, '-days', '2'],
    ];
    openssl('req', '-x509', ...key('ca'), '-out', 'ca.pem');
    for (const name of ['server', 'client']) {
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'];
      openssl('req', '-x509', ...key(name), ...by, '-out', `${name}.pem`);
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }

  #through(client: Socket): void {
    const inner = connect(this.#port, '127.0.0.1');
    client.pipe(inner).pipe(client);
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const)
      one.on('error', () => {}).on('close', () => other.destroy());
  }

  async #listen(server: Server, path?: string): Promise<void> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((done) =>
      path === undefined ? server.listen(0, '127.0.0.1', done) : server.listen(path, done),
    );
    this.#open.defer(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((done) => server.close(() => done()));
    });
  }
}
