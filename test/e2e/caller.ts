/** A program on an inside host that calls one address again and again, as malware asks its controller for orders. */
import type { ChildProcess } from 'node:child_process';
import type { Network } from '../network/network.ts';
import { until } from '../network/waiting.ts';

/** It says hello, asks at once what to do, and from then on whenever its drawn pause is over. */
const SCRIPT = `
call() { curl -s -o /dev/null --max-time 3 -w '%{http_code}\\n' "$1" || :; }
call "$1" &
while :; do
  call "$1" &
  sleep "$(shuf -n 1 -e 5.4 5.5 5.6 5.7 5.8)"
done`;

export class Caller implements Disposable {
  readonly #program: ChildProcess;
  #output = '';

  /** Calls every 5 to 6 seconds, which is as often as detectors tell one call from the next. */
  constructor(network: Network, host: string, url: string) {
    this.#program = network.start(host, 'sh', ['-c', SCRIPT, 'caller', url]);
    this.#program.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk;
    });
  }

  /** HTTP status of each call so far; `000` for one that nobody answered. */
  get calls(): string[] {
    return this.#output.split('\n').filter(Boolean);
  }

  /** The last call came out like this, as soon as one does. */
  async ends(status: string): Promise<void> {
    await until(`a call that ends with ${status}`, () => this.calls.at(-1) === status, { timeoutMs: 15_000 });
  }

  [Symbol.dispose](): void {
    this.#program.kill('SIGKILL');
  }
}
