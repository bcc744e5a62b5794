/**
 * From where the person who types this has come: SSH_CONNECTION, as sshd(8) sets it. sudo(8) takes it out of the
 * environment of what it runs, so the processes above are asked too, each for the environment that it was started with
 * (proc(5), /proc/PID/environ).
 */
import { readFileSync } from 'node:fs';

const NAME = 'SSH_CONNECTION';
/** Deeper than any shell in a shell in a terminal multiplexer. */
const MOST_ANCESTORS = 32;
/** client address, client port, server address, server port */
const VALUE = /^[0-9a-fA-F:.]{2,45}(?:%[\w.-]{1,16})? \d{1,5} [0-9a-fA-F:.]{2,45}(?:%[\w.-]{1,16})? \d{1,5}$/;

export type ReadProcess = (pid: number, file: 'environ' | 'stat') => string | undefined;

/** Undefined when it is no ssh session, or nothing can be read of it. */
export function sshSession(
  environment: NodeJS.ProcessEnv = process.env,
  read: ReadProcess = readProcess,
  parent = process.ppid,
): string | undefined {
  const own = environment[NAME];
  if (own !== undefined) return valid(own);
  let pid = parent;
  for (let i = 0; i < MOST_ANCESTORS && pid > 1; i++) {
    const found = variableIn(read(pid, 'environ') ?? '');
    if (found !== undefined) return valid(found);
    pid = parentOf(read(pid, 'stat') ?? '');
  }
  return undefined;
}

function valid(value: string): string | undefined {
  return VALUE.test(value) ? value : undefined;
}

function variableIn(environ: string): string | undefined {
  const prefix = `${NAME}=`;
  return environ
    .split('\0')
    .find((each) => each.startsWith(prefix))
    ?.slice(prefix.length);
}

/** `PID (NAME) STATE PARENT ...`; the name may hold anything, brackets too. */
function parentOf(stat: string): number {
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return /^\d+$/.test(parent ?? '') ? Number(parent) : 0;
}

function readProcess(pid: number, file: 'environ' | 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has ended, or is another person's.
    return undefined;
  }
}
