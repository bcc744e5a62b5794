/**
 * What must never be disturbed: an upload by curl to nginx over one connection, and pings, from the first scene to the
 * last.
 */
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Stage, WEB } from './stage.ts';

const CHUNK_BYTES = 4_096;
const EVERY_MS = 10;
const NAME = 'backup.bin';

export class HonestTransfer {
  readonly #stage: Stage;
  readonly #upload: ChildProcess;
  readonly #ping: ChildProcess;
  readonly #hash = createHash('sha256');
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #pingOutput = '';

  constructor(stage: Stage, host: string) {
    this.#stage = stage;
    this.#upload = stage.network.start(
      host,
      'curl',
      ['--no-progress-meter', '-f', '-T', '.', stage.web.uploadUrl(NAME)],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
    this.#upload.stdin?.on('error', () => {});
    this.#ping = stage.network.start(host, 'ping', ['-q', '-i', '0.05', WEB]);
    this.#ping.stdout?.on('data', (chunk: Buffer) => {
      this.#pingOutput += chunk;
    });
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  /** End it and say how it went. */
  async finish(): Promise<void> {
    const { report, web } = this.#stage;
    this.stop();
    const uploaded = once(this.#upload, 'close');
    const pinged = once(this.#ping, 'close');
    this.#upload.stdin?.end();
    this.#ping.kill('SIGINT');
    const [status] = await uploaded;
    await pinged;
    const arrived = status === 0 ? createHash('sha256').update(web.uploaded(NAME)).digest('hex') : 'nothing';
    report.claim(
      `honest upload: ${this.#bytes} bytes over one connection, never interrupted, SHA-256 equal at both ends`,
      arrived === this.#hash.digest('hex'),
    );
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(this.#pingOutput) ?? [];
    // The last may have been under way when ping was told to end.
    report.claim(`honest pings: ${received} of ${sent} answered`, Number(received) >= Number(sent) - 1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #send(): void {
    const chunk = randomBytes(CHUNK_BYTES);
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#upload.stdin?.write(chunk);
  }
}
