/**
 * How a command finds the daemon: PENSTOCK_URL and PENSTOCK_TOKEN, else what the daemon left in its state directory:
 *
 *   DIR/url          the address it listens on
 *   DIR/admin.token  the first token, for root
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseAddress } from '../../address/address.ts';
import { CommandError } from './errors.ts';

export const DEFAULT_STATE_DIR = '/var/lib/penstock';
const DEFAULT_URL = 'http://127.0.0.1:8731';

export interface Daemon {
  readonly url: string;
  readonly token: string;
}

export interface Whereabouts {
  readonly stateDir?: string | undefined;
}

export function stateDirOf({ stateDir }: Whereabouts): string {
  return stateDir ?? (process.env.PENSTOCK_STATE_DIR || DEFAULT_STATE_DIR);
}

/** @throws CommandError that says what is missing */
export function findDaemon(where: Whereabouts): Daemon {
  const dir = stateDirOf(where);
  const url = daemonUrl(dir);
  return { url, token: process.env.PENSTOCK_TOKEN || localToken(dir, url) };
}

/** Without a trailing slash. @throws CommandError */
export function daemonUrl(dir: string): string {
  const text = process.env.PENSTOCK_URL || readFileOf(dir, 'url') || DEFAULT_URL;
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new CommandError(
      'bad-url',
      2,
      `PENSTOCK_URL '${text}' is no http or https URL, such as ${DEFAULT_URL}`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new CommandError(
      'bad-url',
      2,
      `the token would cross the network to ${url.host} in clear text: use https`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return host === 'localhost';
  const address = parseAddress(host);
  return address.family === 4 ? address.d >>> 24 === 127 : host === '::1';
}

/** Root's own token is for the daemon on this machine and goes nowhere else. */
function localToken(dir: string, url: string): string {
  if (!isLoopback(new URL(url))) {
    throw new CommandError('no-token', 3, `set PENSTOCK_TOKEN to a token of the daemon at ${url}`);
  }
  const token = readFileOf(dir, 'admin.token');
  if (token) return token;
  throw new CommandError(
    'no-token',
    1,
    `no token: ${join(dir, 'admin.token')} is not there. Start the daemon with npm start, name its directory with ` +
      '--state-dir, or set PENSTOCK_TOKEN',
  );
}

/** Undefined when there is none. @throws CommandError when it may not be read */
function readFileOf(dir: string, name: string): string | undefined {
  const path = join(dir, name);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(
      'not-permitted',
      3,
      `cannot read ${path}: run this as root, or set PENSTOCK_TOKEN`,
      {
        cause,
      },
    );
  }
}
