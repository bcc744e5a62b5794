/** QUIC (RFC 9000) by the real programs of ngtcp2, HTTP/3 on UDP port 443: a server, pages, and connections that stay. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

const PORT = '443';
const PAGE = 'index.html';
const TEXT = 'honest\n';
const PATIENCE_S = 3;

export class QuicServer implements Disposable {
  readonly #network: Network;
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-quic-'));
  #downloads = 0;

  private constructor(network: Network, host: string) {
    this.#network = network;
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(this.#folder, name));
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=shop'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate], {
      stdio: 'pipe',
    });
    const site = join(this.#folder, 'site');
    mkdirSync(site);
    writeFileSync(join(site, PAGE), TEXT);
    network.start(host, 'gtlsserver', ['*', PORT, key, certificate, '-d', site, '-q'], { stdio: 'ignore' });
  }

  /** On all addresses of `host`; it ends with the network. */
  static async open(network: Network, host: string): Promise<QuicServer> {
    const server = new QuicServer(network, host);
    await until(`${host} to listen for QUIC`, async () => {
      const { stdout } = await network.runAsync(host, 'ss', ['-Hlun', `sport = :${PORT}`]);
      return stdout.split('\n').filter(Boolean).length === 2;
    });
    return server;
  }

  /** Whether a host gets the page. */
  async page(from: string, address: string): Promise<boolean> {
    const [args, file] = this.#request(address, ['-q', '--handshake-timeout=2s', `--timeout=${PATIENCE_S}s`]);
    return (await this.#network.runAsync(from, 'gtlsclient', args)).status === 0 && hasPage(file);
  }

  /** A connection that stands, is silent for so many seconds, and is then asked for the page. */
  async stand(from: string, address: string, seconds: number): Promise<QuicConnection> {
    const [args, file] = this.#request(address, [
      '--no-quic-dump',
      '--no-http-dump',
      `--delay-stream=${seconds}s`,
      `--timeout=${seconds + PATIENCE_S}s`,
    ]);
    const connection = new QuicConnection(this.#network.start(from, 'gtlsclient', args), file);
    await until(`QUIC with ${address}`, () => connection.stands);
    return connection;
  }

  #request(address: string, options: string[]): [string[], string] {
    this.#downloads += 1;
    const folder = join(this.#folder, String(this.#downloads));
    mkdirSync(folder);
    const whole = ['--exit-on-all-streams-close', `--download=${folder}`, ...options];
    return [[...whole, address, PORT, `https://shop/${PAGE}`], join(folder, PAGE)];
  }

  /** Its files. */
  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

class QuicConnection {
  readonly #program: ChildProcess;
  readonly #file: string;
  #output = '';

  constructor(program: ChildProcess, file: string) {
    this.#program = program;
    this.#file = file;
    for (const stream of [program.stdout, program.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk;
      });
  }

  get stands(): boolean {
    return this.#output.includes('QUIC handshake has been confirmed');
  }

  get hasEnded(): boolean {
    return this.#program.exitCode !== null || this.#program.signalCode !== null;
  }

  /** Whether the page came in the end, or the connection was given up. */
  async gotPage(): Promise<boolean> {
    await until('QUIC to end', () => this.hasEnded, { timeoutMs: 30_000 });
    return hasPage(this.#file);
  }
}

/** The client makes the file when it asks. */
function hasPage(file: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8') === TEXT;
}
