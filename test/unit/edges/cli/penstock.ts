/** The real command in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Role } from '../../../../src/edges/api/role.ts';
import type { ServedApi } from '../api/served-api.ts';

const MAIN = fileURLToPath(new URL('../../../../src/edges/cli/main.ts', import.meta.url));

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Nothing of the machine's own daemon is seen: the default state directory is one that cannot be. */
export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      TZ: 'Europe/Berlin',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      PENSTOCK_STATE_DIR: '/nowhere/penstock',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function penstock(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = start(args, env);
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    ran.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    ran.err += text;
  });
  [ran.code] = await once(child, 'close');
  return ran;
}

export function reaching(api: ServedApi, role: Role): Record<string, string> {
  return { PENSTOCK_URL: api.url, PENSTOCK_TOKEN: api.tokens[role] };
}
