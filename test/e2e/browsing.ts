/** Somebody on an inside host who reads pages, one after the other: what no block and no incident may touch. */
import type { ChildProcess } from 'node:child_process';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

/** Pages of all lengths, with pauses between them as people make them. */
const SCRIPT = `
while :; do
  for url in "$@"; do
    words=$(head -c "$(shuf -n 1 -i 10-900)" /dev/zero | tr '\\0' x)
    curl -s -o /dev/null --max-time 5 -w '%{http_code}\\n' "$url?$words" || :
    sleep "$(shuf -n 1 -e 0.1 0.3 0.6 2)"
  done
done`;

export class Browsing implements Disposable {
  readonly #program: ChildProcess;
  #output = '';

  constructor(network: Network, host: string, urls: string[]) {
    this.#program = network.start(host, 'sh', ['-c', SCRIPT, 'browser', ...urls]);
    this.#program.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  /** HTTP status of each page so far; `000` for one that was not reached. */
  get pages(): string[] {
    return this.#output.split('\n').filter(Boolean);
  }

  /** Some more pages are read. */
  async goesOn(): Promise<void> {
    const goal = this.pages.length + 3;
    await until('pages to be read', () => this.pages.length >= goal);
  }

  [Symbol.dispose](): void {
    this.#program.kill('SIGKILL');
  }
}
