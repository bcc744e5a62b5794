/** A small program in C, compiled on the spot: what the kernel alone takes, or what no runtime should slow down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export class CProgram implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  readonly path: string;

  /** `name`: of the source beside this file, without `.c`. */
  constructor(name: string) {
    this.path = join(this.#folder, name);
    const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
    execFileSync('gcc', ['-O2', '-pthread', '-o', this.path, source], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
