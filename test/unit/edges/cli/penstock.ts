/** The command, run in this process; or, where that is the point, in one of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Role } from '../../../../src/edges/api/role.ts';
import { run } from '../../../../src/edges/cli/program.ts';
import type { Surroundings } from '../../../../src/edges/cli/surroundings.ts';
import type { ServedApi } from '../api/served-api.ts';

const MAIN = fileURLToPath(new URL('../../../../src/edges/cli/main.ts', import.meta.url));
/** Nothing of the machine's own daemon is seen: the default state directory is one that cannot be. */
const ENV = { PENSTOCK_STATE_DIR: '/nowhere/penstock' };
const ZONE = 'Europe/Berlin';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

interface Terminal {
  /** Without them no stream is a terminal. */
  columns?: number;
  rows?: number;
  nowMs?: number;
}

/** A command that is running in this process. */
export class Running {
  readonly out = new Stream();
  readonly err = new Stream();
  /** What the person types. */
  readonly input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  readonly done: Promise<Ran>;
  readonly #listeners = new Set<() => void>();

  constructor(args: readonly string[], env: Record<string, string>, { columns, rows, nowMs }: Terminal = {}) {
    if (columns !== undefined)
      for (const stream of [this.out, this.err]) Object.assign(stream, { isTTY: true, columns, rows });
    this.done = this.#run(args, {
      env: { ...ENV, ...env },
      input: this.input,
      out: this.out,
      err: this.err,
      now: () => nowMs ?? Date.now(),
      onInterrupt: (listener) => {
        this.#listeners.add(listener);
        return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
      },
    });
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    for (const listener of this.#listeners) listener();
  }

  /** How many wait for an interruption. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async #run(args: readonly string[], around: Surroundings): Promise<Ran> {
    const { TZ } = process.env;
    process.env.TZ = ZONE;
    try {
      const code = await run(args, around);
      return { code, out: this.out.text, err: this.err.text };
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  }
}

/** Keeps what is written to it. */
class Stream extends PassThrough {
  isTTY = false;
  columns?: number;
  rows?: number;
  text = '';

  override write(chunk: string): boolean {
    this.text += chunk;
    return true;
  }
}

export function penstock(
  args: readonly string[],
  env: Record<string, string> = {},
  terminal: Terminal = {},
): Promise<Ran> {
  return new Running(args, env, terminal).done;
}

/** The real command in a process of its own. */
export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      TZ: ZONE,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      ...ENV,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function reaching(api: ServedApi, role: Role): Record<string, string> {
  return { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: api.tokens[role] };
}
