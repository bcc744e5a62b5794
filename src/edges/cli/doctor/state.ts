/** The state directory and the daemon that uses it. */
import { statSync } from 'node:fs';
import { daemonUrl } from '../connection.ts';
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

export async function daemon(dir: string): Promise<Finding> {
  let url = '';
  try {
    url = daemonUrl(dir);
    const response = await fetch(`${url}/readyz`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (response.ok) return ok('daemon', `ready at ${url}`);
    const { detail } = (await response.json()) as { detail?: string };
    return fail('daemon', `not ready: ${detail ?? response.status}`, 'penstock status');
  } catch (error) {
    if (url === '') return fail('daemon', (error as Error).message, 'mend PENSTOCK_URL');
    return warn('daemon', `none at ${url}`, 'npm start');
  }
}
