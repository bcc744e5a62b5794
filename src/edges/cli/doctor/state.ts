/** The state directory and the daemon that uses it. */
import { statSync } from 'node:fs';
import { fetchTo } from '../client.ts';
import { daemonAddress, routeOf } from '../connection.ts';
import { CommandError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export function stateDirectory(dir: string): Finding {
  const name = 'state directory';
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (!stat) return warn(name, `${dir} is not there`, 'the daemon makes it when it starts');
  if (!stat.isDirectory()) return fail(name, `${dir} is no directory`, 'name another with --state-dir');
  if ((stat.mode & 0o077) !== 0) return fail(name, `${dir} is open to others`, `chmod 700 ${dir}`);
  if (stat.uid !== process.geteuid?.())
    return warn(name, `${dir} belongs to user ${stat.uid}`, 'run this as that user');
  return ok(name, dir);
}

const TIMEOUT_MS = 5_000;

/** Whether it answers, without a token. */
export async function daemon(settings: ClientSettings): Promise<Finding> {
  try {
    const address = daemonAddress(settings);
    const fetch = await fetchTo(address.value, routeOf(settings, address));
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new Request(`${address.base}/readyz`, { signal }));
    if (response.ok) return ok('daemon', `ready at ${address.value}`);
    const { detail } = (await response.json()) as { detail?: string };
    return fail('daemon', `not ready: ${detail ?? response.status}`, 'penstock status');
  } catch (error) {
    const known = error instanceof CommandError;
    if (known && error.code === 'no-daemon')
      return warn('daemon', `none at ${settings.url?.value ?? 'its address'}`, 'npm start');
    if (known && error.exitCode === 2) return fail('daemon', error.message, 'mend that setting');
    return warn('daemon', error instanceof Error ? error.message : String(error), 'npm start');
  }
}
