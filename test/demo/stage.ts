/**
 * Everything that takes part, on one network (see network/network.ts):
 *
 *   desk    10.1.0.11                                           web    203.0.113.10  nginx, port 80
 *   laptop  10.1.0.12  ---  gateway: the daemon, its kernel ---  chat   203.0.113.20  socat, port 5222
 *   camera  10.1.0.13       table, a webhook                     c2     198.51.100.66 and .77, socat, port 443
 *
 * The thread is on the gateway, so that it can call the API and read the kernel's table.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, DaemonProcess } from '../network/daemon-process.ts';
import { Network } from '../network/network.ts';
import { AlertReceiver } from './alert-receiver.ts';
import { EventFeed } from './event-feed.ts';
import { preciseNow, type Report } from './report.ts';
import { listen } from './stream.ts';
import { WebServer } from './web-server.ts';

export const DESK = '10.1.0.11';
export const LAPTOP = '10.1.0.12';
export const CAMERA = '10.1.0.13';
export const WEB = '203.0.113.10';
export const CHAT = '203.0.113.20';
export const LISTED_C2 = '198.51.100.66';
export const UNLISTED_C2 = '198.51.100.77';

export const POLICY = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');

export class Stage {
  readonly report: Report;
  readonly network: Network;
  readonly daemon: DaemonProcess;
  readonly web: WebServer;
  readonly alerts = new AlertReceiver();
  readonly feed = new EventFeed();

  readonly #dir: string;
  #stopping = false;

  private constructor(report: Report, cleanup: AsyncDisposableStack, label: string) {
    this.report = report;
    this.#dir = cleanup.adopt(mkdtempSync(join(tmpdir(), 'penstock-demo-')), (dir) =>
      rmSync(dir, { recursive: true }),
    );
    this.network = cleanup.adopt(new Network(label), (network) => network.destroy());
    this.network.inside('desk', 11).inside('laptop', 12).inside('camera', 13);
    this.network.outside('web', [`${WEB}/24`, '2001:db8:66::10/64']);
    this.network.outside('chat', [`${CHAT}/24`, '2001:db8:66::20/64']);
    this.network.outside('c2', [`${LISTED_C2}/24`, `${UNLISTED_C2}/24`, '2001:db8:66::66/64']);
    cleanup.use(this.network.enter('gateway'));
    this.web = new WebServer(this.network, 'web', WEB, this.#folder('web'));
    this.daemon = new DaemonProcess(this.network, { policy: POLICY, flags: ['--config', this.#configPath] });
    cleanup.defer(() => this.daemon.discard());
    cleanup.defer(() => this.alerts.close());
  }

  /** `cleanup` undoes all of it, whatever happens; `label` is part of the namespaces' names. */
  static async open(report: Report, cleanup: AsyncDisposableStack, label: string): Promise<Stage> {
    const startedAt = preciseNow();
    const stage = new Stage(report, cleanup, label);
    await stage.web.start();
    report.step('network of seven namespaces built', preciseNow() - startedAt);
    await stage.#startDaemon();
    return stage;
  }

  /** Tell what the daemon records, until it is stopped. */
  async follow(): Promise<void> {
    const { url, token } = this.daemon;
    try {
      await this.feed.follow(url, token, this.report);
    } catch (error) {
      if (!this.#stopping) throw error;
    }
  }

  /** @returns its exit status, or the signal's name */
  stopDaemon(): Promise<number | string> {
    this.#stopping = true;
    return this.daemon.stop();
  }

  /** A socat server outside. */
  listen(host: string, address: string, port: number): Promise<ChildProcess> {
    return listen(this.network, host, address, port);
  }

  /**
   * An API call that must succeed.
   * @throws Error with what the API said
   */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer['body']> {
    const answer = await this.daemon.call(method, path, body, headers);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get #configPath(): string {
    return join(this.#dir, 'penstock.yaml');
  }

  #folder(name: string): string {
    const path = join(this.#dir, name);
    mkdirSync(path);
    return path;
  }

  async #startDaemon(): Promise<void> {
    const webhook = { url: await this.alerts.start() };
    writeFileSync(this.#configPath, JSON.stringify({ alerts: { webhook } }));
    const startedAt = preciseNow();
    await this.daemon.start();
    this.report.step('daemon started and protecting', preciseNow() - startedAt);
  }
}
