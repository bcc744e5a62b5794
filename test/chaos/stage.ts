/** The small network of a chaos run with a daemon that can be harmed in every way, and a bystander's table beside it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultOrder } from '../faults/fault-order.ts';
import { SmallDisk } from '../faults/small-disk.ts';
import { type Answer, DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';
import { readKernel } from './kernel-view.ts';
import { policyText } from './policy.ts';
import { SHOP, STRANGERS } from './scenery.ts';
import type { PolicyChoice } from './step.ts';

/** What others have in the kernel: of every kind something. Nothing in it counts. */
const BYSTANDER = `
table ip bystander {
  set friends {
    type ipv4_addr
    flags interval
    elements = { 10.0.0.0/8, 192.0.2.1 }
  }
  map ways {
    type ipv4_addr : verdict
    elements = { 192.0.2.7 : drop }
  }
  chain forward {
    type filter hook forward priority 10;
    ip daddr vmap @ways
  }
  chain post {
    type nat hook postrouting priority 100;
    ip daddr 192.0.2.9 masquerade
  }
}
table inet bystander {
  chain input {
    type filter hook input priority 5;
    ip6 saddr 2001:db8:77::/64 drop
  }
}
`;
/** Characters of the daemon's log that a violation shows. */
const LOG_TAIL = 2_000;
/** Enough for every entry of a long run, and filled in a moment. */
const DISK = '96m';
/** For how long after a jump the kernel may still go by the clock before: the next look at everything mends it. */
const CLOCK_MENDED_MS = 45_000;

export const CALM_NAME = 'calm';
export const CALM: PolicyChoice = { mode: 'respond', approval: 'none', protectedPrefixes: [], denied: [] };

export class Stage {
  readonly network: Network;
  readonly daemon: DaemonProcess;
  readonly disk: SmallDisk;
  readonly order: FaultOrder;
  /** What the others' tables were when all began, as text. */
  readonly others: string;
  #resources: AsyncDisposableStack;
  readonly #clockPath: string;
  #locker: DatabaseSync | undefined;
  #isFull = false;
  /** Of the clock, newest last, and when each was left. */
  readonly #offsets: { readonly offsetMs: number; leftAtMs: number }[] = [
    { offsetMs: 0, leftAtMs: Number.POSITIVE_INFINITY },
  ];

  private constructor(resources: AsyncDisposableStack, network: Network) {
    this.network = network;
    const folder = mkdtempSync(join(tmpdir(), 'penstock-chaos-'));
    resources.defer(() => rmSync(folder, { recursive: true }));
    this.#clockPath = join(folder, 'clock');
    writeFileSync(this.#clockPath, '0');
    this.order = resources.adopt(new FaultOrder(), (made) => made.discard());
    const { nodeFlags, environment } = this.order.options;
    const clock = new URL('./shifted-clock.ts', import.meta.url).href;
    this.daemon = resources.adopt(
      new DaemonProcess(network, {
        nodeFlags: [...nodeFlags, `--import=${clock}`],
        environment: { ...environment, PENSTOCK_TEST_CLOCK: this.#clockPath },
      }),
      (made) => made.discard(),
    );
    this.disk = resources.adopt(new SmallDisk(this.daemon.stateDir, DISK), (made) => made.unmount());
    resources.defer(async () => void (await this.daemon.stop('SIGKILL')));
    resources.defer(() => this.#locker?.close());
    this.daemon.writePolicy(policyText(CALM_NAME, CALM));
    this.bringOthers();
    this.others = readKernel().foreign;
    this.#resources = resources;
  }

  /** With the daemon running; this thread is on the gateway. */
  static async open(): Promise<Stage> {
    await using cleanup = new AsyncDisposableStack();
    const network = cleanup.adopt(new Network('chaos'), (made) => made.destroy());
    network.inside('client', 10).inside('printer', 11);
    network.outside('shop', [`${SHOP[4]}/24`, `${SHOP[6]}/64`]);
    network.outside(
      'stranger',
      STRANGERS.map((each) => `${each}/${each.includes(':') ? 64 : 24}`),
    );
    cleanup.use(network.enter('gateway'));
    const stage = new Stage(cleanup, network);
    await stage.daemon.start();
    stage.#resources = cleanup.move();
    return stage;
  }

  get ledgerPath(): string {
    return join(this.daemon.stateDir, 'ledger.db');
  }

  get ledgerFault(): 'full' | 'locked' | null {
    if (this.#isFull) return 'full';
    return this.#locker ? 'locked' : null;
  }

  get clockOffsetMs(): number {
    return this.#offsets[this.#offsets.length - 1].offsetMs;
  }

  /** What the daemon's clock may say, for whoever compares the kernel with it. */
  get clocks(): number[] {
    const nowMs = Date.now();
    return this.#offsets
      .filter(({ leftAtMs }) => nowMs - leftAtMs < CLOCK_MENDED_MS)
      .map(({ offsetMs }) => nowMs + offsetMs);
  }

  jump(byMs: number): void {
    const offsetMs = this.clockOffsetMs + byMs;
    this.#offsets[this.#offsets.length - 1].leftAtMs = Date.now();
    this.#offsets.push({ offsetMs, leftAtMs: Number.POSITIVE_INFINITY });
    writeFileSync(this.#clockPath, String(offsetMs));
  }

  /** And wait until the daemon has noticed: until then it may make a block that the next start has from the intent. */
  async fillDisk(): Promise<void> {
    this.disk.fill();
    this.#isFull = true;
    await this.#isReady(false);
  }

  /** The same. */
  async lockLedger(): Promise<void> {
    this.#locker = new DatabaseSync(this.ledgerPath);
    this.#locker.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    await this.#isReady(false);
  }

  #isReady(isReady: boolean): Promise<unknown> {
    const ask = async () => (await this.ask('GET', '/readyz'))?.status === (isReady ? 200 : 503);
    return until(`the daemon to be ready: ${isReady}`, ask);
  }

  /** End what keeps the ledger from being written, and wait until the daemon says that it is well. */
  async heal(): Promise<void> {
    if (this.#isFull) this.disk.free();
    this.#isFull = false;
    this.#locker?.exec('ROLLBACK');
    this.#locker?.close();
    this.#locker = undefined;
    await this.#isReady(true);
  }

  /** @throws when nft refuses */
  nft(commands: string): void {
    const { status, stderr } = this.network.run('gateway', 'nft', ['-f', '-'], { input: `${commands}\n` });
    if (status !== 0) throw new Error(`nft: ${stderr}`);
  }

  bringOthers(): void {
    this.nft(BYSTANDER);
  }

  /** Undefined when the daemon died before it answered. */
  async ask(method: string, path: string, body?: unknown, headers = {}): Promise<Answer | undefined> {
    try {
      return await this.daemon.call(method, path, body, headers);
    } catch (error) {
      if (this.daemon.hasEnded) return undefined;
      await until('the daemon to end or to answer', () => this.daemon.hasEnded, { timeoutMs: 2_000 }).catch(
        () => {
          throw error;
        },
      );
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  /** What the daemon itself says of its part in the kernel, and the end of its log. */
  async daemonsWord(): Promise<string> {
    const answer = await this.ask('GET', '/v1/status').catch((error: Error) => ({
      body: { error: error.message },
    }));
    const { mode, policy, trial, kernel, allowlist, ledgerError, error } = answer?.body ?? {};
    const log = this.daemon.output
      .split('\n')
      .filter((line) => !line.includes('penstock.alert'))
      .join('\n')
      .slice(-LOG_TAIL);
    return `${JSON.stringify({ mode, policy, trial, kernel, allowlist, ledgerError, error })}\n${log}`;
  }
}
