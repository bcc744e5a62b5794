/** A real Alertmanager on loopback, in a process of its own, until the test ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../../../../network/waiting.ts';

const PROGRAM = 'prometheus-alertmanager';

export interface Shown {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

export class Alertmanager {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(port?: number): Promise<Alertmanager> {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-alertmanager-'));
    const config = join(folder, 'config.yml');
    writeFileSync(config, 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
    const address = `127.0.0.1:${port ?? (await freePort())}`;
    const child = spawn(
      PROGRAM,
      [
        `--config.file=${config}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--cluster.listen-address=',
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, GOMAXPROCS: '1' } },
    );
    const manager = new Alertmanager(`http://${address}`, child);
    onTestFinished(async () => {
      await manager.end();
      rmSync(folder, { recursive: true });
    });
    const spawned = once(child, 'spawn');
    await spawned;
    const isReady = () =>
      fetch(`${manager.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the Alertmanager is ready', isReady, { timeoutMs: 30_000 });
    return manager;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Those that are not over. */
  async alerts(): Promise<Shown[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    return (await response.json()) as Shown[];
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
