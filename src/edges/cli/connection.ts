/** From settings to the daemon: its address, the token, and the way there. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Route } from 'penstock-client/node';
import { CommandError } from './errors.ts';
import type { ClientSettings, Setting } from './settings.ts';

const DEFAULT_URL = 'http://127.0.0.1:8731';
const EXAMPLES = `${DEFAULT_URL}, https://gateway.example:8731 or unix:/run/penstock/api.sock`;

export interface Daemon {
  /** As the person named it, without a trailing slash. */
  readonly url: string;
  /** What requests are sent to: `url`, and for a socket a name that says nothing. */
  readonly base: string;
  readonly token: string;
  /** On this machine: by loopback or socket. */
  readonly isLocal: boolean;
  /** Where it differs from what fetch does by itself. */
  readonly route: Route | undefined;
}

export interface DaemonAddress extends Setting {
  readonly base: string;
  readonly socketPath: string | undefined;
  readonly isLocal: boolean;
}

/** @throws CommandError that says what is missing */
export function findDaemon(settings: ClientSettings): Daemon {
  const address = daemonAddress(settings);
  return {
    url: address.value,
    base: address.base,
    isLocal: address.isLocal,
    token: tokenOf(settings, address),
    route: routeOf(settings, address),
  };
}

/** @throws CommandError */
export function daemonAddress({ url, stateDir }: ClientSettings): DaemonAddress {
  const { value, from } = url ?? leftBehind(stateDir.value, 'url') ?? { value: DEFAULT_URL, from: 'default' };
  const socketPath = /^unix:(?:\/\/)?(\/.+)$/.exec(value)?.[1];
  if (socketPath !== undefined)
    return { value: `unix:${socketPath}`, from, base: 'http://localhost', socketPath, isLocal: true };
  const parsed = URL.parse(value);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol))
    throw new CommandError('bad-url', 2, `${from}: no http or https URL and no socket, such as ${EXAMPLES}`);
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new CommandError('bad-url', 2, `${from}: a URL without user, question mark and # is wanted`);
  const isLocal = isLoopback(parsed);
  if (parsed.protocol === 'http:' && !isLocal)
    throw new CommandError(
      'bad-url',
      2,
      `the token would cross the network to ${parsed.host} in clear text: use https`,
    );
  const base = parsed.href.replace(/\/+$/, '');
  return { value: base, from, base, socketPath, isLocal };
}

function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return host === 'localhost';
  return host.startsWith('127.') || host === '::1';
}

/** What a header takes. Else fetch would refuse it, and tell it. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Root's own token is for the daemon on this machine and goes nowhere else. */
function tokenOf({ token, tokenFile, stateDir }: ClientSettings, { value, isLocal }: DaemonAddress): string {
  if (token) return sendable(token);
  if (tokenFile) return sendable({ value: readNamed(tokenFile).trim(), from: tokenFile.value });
  if (!isLocal)
    throw new CommandError('no-token', 3, `set PENSTOCK_TOKEN to a token of the daemon at ${value}`);
  const left = leftBehind(stateDir.value, 'admin.token');
  if (left) return sendable(left);
  throw new CommandError(
    'no-token',
    1,
    `no token: ${join(stateDir.value, 'admin.token')} is not there. Start the daemon with npm start, name its ` +
      'directory with --state-dir, or set PENSTOCK_TOKEN',
  );
}

/** @throws CommandError that does not tell it */
function sendable({ value, from }: Setting): string {
  if (SENDABLE.test(value)) return value;
  throw new CommandError('bad-token', 2, `${from}: a token is one word, without spaces and line breaks`);
}

/** @throws CommandError for a file that cannot be read */
export function routeOf(
  { caFile, certFile, keyFile }: ClientSettings,
  { socketPath }: DaemonAddress,
): Route | undefined {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const { from } = (certFile ?? keyFile) as Setting;
    throw new CommandError('bad-setting', 2, `${from}: a certificate and its key go together`);
  }
  const route: Route = {
    ...(socketPath !== undefined && { socketPath }),
    ...(caFile && { ca: readNamed(caFile) }),
    ...(certFile && { cert: readNamed(certFile) }),
    ...(keyFile && { key: readNamed(keyFile) }),
  };
  return Object.keys(route).length === 0 ? undefined : route;
}

function readNamed({ value, from }: Setting): string {
  try {
    return readFileSync(value, 'utf8');
  } catch (cause) {
    throw new CommandError('unreadable', 2, `${from}: cannot read ${value} (${codeOf(cause)})`, { cause });
  }
}

/** What the daemon wrote into its state directory; undefined when there is none. @throws CommandError when it may not be read */
function leftBehind(dir: string, name: string): Setting | undefined {
  const path = join(dir, name);
  try {
    return { value: readFileSync(path, 'utf8').trim(), from: path };
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return undefined;
    throw new CommandError(
      'not-permitted',
      3,
      `cannot read ${path}: run this as root, or set PENSTOCK_TOKEN`,
      { cause },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
