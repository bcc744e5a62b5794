/**
 * The certificate that the API shows, its key, and the authority of its clients. They are read again when one of the
 * files changes, and at SIGHUP: certificates are renewed while the daemon runs. What does not fit together (a new
 * certificate whose key is not there yet) changes nothing, and is tried again at the next change.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync, type StatsListener, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsSettings } from './api-settings.ts';
import { invalidConfiguration } from './errors.ts';

/** stat(2) that often: unlike inotify it sees files that are replaced, and links that are turned. */
const LOOK_EVERY_MS = 5_000;

export interface TlsFiles {
  readonly context: SecureContextOptions;
  /** What the certificate is for. */
  readonly hostNames: readonly string[];
}

/** @throws DaemonError PENSTOCK_CONFIG_INVALID, naming the file */
export function readTlsFiles({ certFile, keyFile, clientCaFile }: TlsSettings): TlsFiles {
  const cert = read('tls.certFile', certFile);
  const context: SecureContextOptions = {
    cert,
    key: read('tls.keyFile', keyFile),
    ...(clientCaFile !== undefined && { ca: read('tls.clientCaFile', clientCaFile) }),
    minVersion: 'TLSv1.2',
  };
  try {
    createSecureContext(context);
    return { context, hostNames: namesOf(new X509Certificate(cert)) };
  } catch (cause) {
    // Of OpenSSL: which of them it is, it tells in its own words; no part of the key is among them.
    throw invalidConfiguration(`tls: ${certFile} and ${keyFile}: ${(cause as Error).message}`, cause);
  }
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw invalidConfiguration(`${setting}: ${(cause as Error).message}`, cause);
  }
}

/** Without wildcards: those are no names that a browser sends. */
function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([A-Za-z0-9.-]+)(?=,|$)/g)].map(
    (found) => found[1] as string,
  );
}

/** Calls `changed` when one of the files may have changed; returns what ends it. */
export function watchTlsFiles(
  settings: TlsSettings,
  changed: () => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  const files = [settings.certFile, settings.keyFile, settings.clientCaFile].filter(
    (file) => file !== undefined,
  );
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) changed();
  };
  for (const file of files) watchFile(file, { interval: everyMs, persistent: false }, listener);
  return () => {
    for (const file of files) unwatchFile(file, listener);
  };
}
