/** The real daemon on a network's gateway, and its API as a person's tool would use it. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from './network.ts';
import { until } from './waiting.ts';

/** As people and systemd start it. */
const PENSTOCK = new URL('../../bin/penstock', import.meta.url).pathname;

/** Of a set as nft lists it: some 100 bytes an element. */
const MOST_LISTED_BYTES = 64 << 20;

export interface DaemonOptions {
  /** Text of a policy file. */
  policy?: string;
  /** Node flags without blanks, for example `--import` of a fault. */
  nodeFlags?: string[];
  environment?: Record<string, string>;
  flags?: string[];
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Of any shape: tests look into it, and their expectations say what is missing. */
  body: ReturnType<typeof JSON.parse>;
}

export class DaemonProcess {
  readonly stateDir = mkdtempSync(join(tmpdir(), 'penstock-test-'));
  readonly #network: Network;
  readonly #options: DaemonOptions;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(network: Network, options: DaemonOptions = {}) {
    this.#network = network;
    this.#options = options;
    if (options.policy !== undefined) this.writePolicy(options.policy);
  }

  get policyPath(): string {
    return join(this.stateDir, 'policy.yaml');
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the daemon is not running');
    return pid;
  }

  /** What the daemon has printed so far, both streams. */
  get output(): string {
    return this.#output;
  }

  writePolicy(text: string): void {
    writeFileSync(this.policyPath, text);
  }

  /** Start and wait until it is ready. `nodeFlags` replace those of the constructor. */
  async start(nodeFlags = this.#options.nodeFlags ?? []): Promise<this> {
    this.launch(nodeFlags);
    await until('the daemon to be ready', () => this.#isReady(), { timeoutMs: 50_000 });
    return this;
  }

  launch(nodeFlags = this.#options.nodeFlags ?? []): void {
    rmSync(join(this.stateDir, 'url'), { force: true });
    const policy = existsSync(this.policyPath) ? ['--policy', this.policyPath] : [];
    const args = ['daemon', '--state-dir', this.stateDir, '--listen', '127.0.0.1:0'];
    const env = { ...process.env, NODE_OPTIONS: nodeFlags.join(' '), ...this.#options.environment };
    const more = [...policy, ...(this.#options.flags ?? [])];
    const child = this.#network.start('gateway', PENSTOCK, [...args, ...more], { env });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk;
      });
    }
    this.#child = child;
  }

  async #isReady(): Promise<boolean> {
    if (this.#child?.exitCode !== null) throw new Error(`the daemon ended early:\n${this.#output}`);
    if (!existsSync(join(this.stateDir, 'url'))) return false;
    return (await this.call('GET', '/readyz')).status === 200;
  }

  get hasEnded(): boolean {
    return this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }

  /** Wait for the process to end by itself; its exit status, or the signal's name. */
  async exited(): Promise<number | string> {
    const child = this.#child;
    if (!child) return 'not started';
    await until('the daemon to end', () => child.exitCode !== null || child.signalCode !== null, {
      timeoutMs: 20_000,
    });
    return child.exitCode ?? String(child.signalCode);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child?.kill(signal);
    return this.exited();
  }

  /** SIGKILL and no trace of state: what a test does at its end. */
  async discard(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.stop('SIGKILL');
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  get token(): string {
    return readFileSync(join(this.stateDir, 'admin.token'), 'utf8').trim();
  }

  get url(): string {
    return readFileSync(join(this.stateDir, 'url'), 'utf8').trim();
  }

  /** One API call. The caller's thread must be in the gateway's namespace. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        // One that is kept may be closed by the daemon just when it is used again.
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: json ? JSON.parse(text) : text,
    };
  }

  /** The real command, as a person types it on the gateway. */
  cli(...args: string[]): { status: number; stdout: string; stderr: string } {
    return this.#network.run('gateway', PENSTOCK, [...args, '--state-dir', this.stateDir]);
  }

  /** Elements of a set of the daemon's table, as nft lists them. */
  nftSet(name: string): unknown[] {
    const nft = ['nft', '-j', 'list', 'set', 'inet', 'penstock', name];
    const text = execFileSync('ip', ['netns', 'exec', this.#network.namespace('gateway'), ...nft], {
      encoding: 'utf8',
      maxBuffer: MOST_LISTED_BYTES,
    });
    const objects: { set?: { elem?: unknown[] } }[] = JSON.parse(text).nftables;
    return objects.find((object) => object.set)?.set?.elem ?? [];
  }
}
