/** What a command has around it: the process's own, or a test's. */
import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: Input;
  readonly out: Output;
  readonly err: Output;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `listener` instead of being ended, when the person or the system wants this to end; until disposed of. */
  onInterrupt(listener: () => void): Disposable;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function ofProcess(): Surroundings {
  return {
    env: process.env,
    // Only asked for by what reads keys: to look at it is to open it.
    get input() {
      return process.stdin;
    },
    out: process.stdout,
    err: process.stderr,
    now: Date.now,
    onInterrupt(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return {
        [Symbol.dispose]() {
          for (const signal of SIGNALS) process.off(signal, listener);
        },
      };
    },
  };
}
