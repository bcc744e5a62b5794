/**
 * Where the API listens:
 *
 *   127.0.0.1:8731, [::1]:8731        port 0: the kernel chooses
 *   unix:/run/penstock/api.sock       a Unix socket
 *   192.0.2.1:8731, 0.0.0.0:8731      only with TLS
 */
import { parseAddress } from '../address/address.ts';
import { invalidConfiguration } from './errors.ts';

export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

export const DEFAULT_LISTEN = '127.0.0.1:8731';

/** sockaddr_un.sun_path, unix(7): 108 bytes with the NUL at the end. */
const MAX_SOCKET_PATH = 107;

/** @throws DaemonError PENSTOCK_CONFIG_INVALID */
export function parseListen(text: string, { tls = false } = {}): ListenAddress {
  if (text.startsWith('unix:')) return { socketPath: socketPathOf(text.slice('unix:'.length), 'listen') };
  const found = /^(?:\[([0-9a-f:]+)\]|([0-9.]+)):([0-9]{1,5})$/i.exec(text);
  const port = Number(found?.[3]);
  if (!found || port > 65535)
    throw invalidConfiguration(
      `listen: '${text}' is not ADDRESS:PORT or unix:/PATH, for example ${DEFAULT_LISTEN}`,
    );
  const host = (found[1] ?? found[2]) as string;
  if (!isLoopback(host) && !tls) {
    throw invalidConfiguration(
      `listen: ${host} is not a loopback address, and in plain HTTP tokens would cross a network in clear text; set ` +
        'tls.certFile and tls.keyFile, put a TLS proxy on this machine before it, or use an SSH tunnel',
    );
  }
  return { host, port };
}

/** @throws DaemonError PENSTOCK_CONFIG_INVALID */
export function socketPathOf(path: string, setting: string): string {
  if (path.startsWith('/') && Buffer.byteLength(path) <= MAX_SOCKET_PATH && !path.includes('\0')) return path;
  throw invalidConfiguration(
    `${setting}: '${path}' is not an absolute path of at most ${MAX_SOCKET_PATH} bytes`,
  );
}

function isLoopback(host: string): boolean {
  try {
    const address = parseAddress(host);
    return address.family === 4 ? address.d >>> 24 === 127 : host === '::1';
  } catch (cause) {
    throw invalidConfiguration(`listen: ${(cause as Error).message}`, cause);
  }
}
