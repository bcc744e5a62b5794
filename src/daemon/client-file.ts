/**
 * The part of the settings file that is for the commands, not for the daemon: how they reach it. They read it without
 * the rest, which needs every schema there is and is the daemon's to judge.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DaemonError } from './errors.ts';

const path = z.string().min(1).optional();

export const clientFile = z.strictObject({
  /** `https://gateway.example:8731`, or `unix:/run/penstock/api.sock`. */
  url: path,
  /** Holds the token; never in the settings themselves. */
  tokenFile: path,
  /** PEM: the authority of the daemon's certificate, and the certificate that a command shows, with its key. */
  caFile: path,
  certFile: path,
  keyFile: path,
});

export type ClientFile = z.infer<typeof clientFile>;

const wanted = z.object({ stateDir: path, client: clientFile.default({}) });

/** Relative paths are relative to the file. @throws DaemonError PENSTOCK_CONFIG_INVALID */
export function readClientFile(name: string): { stateDir: string | undefined; client: ClientFile } {
  const invalid = (message: string, cause?: unknown) =>
    new DaemonError('PENSTOCK_CONFIG_INVALID', `${name}: ${message}`, 2, { cause });
  let document: unknown;
  try {
    document = parse(readFileSync(name, 'utf8'), { maxAliasCount: 0 }) ?? {};
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
  const { success, data, error } = wanted.safeParse(document);
  if (!success)
    throw invalid(
      error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`).join('; '),
    );
  const beside = (file: string | undefined) => file && resolve(dirname(name), file);
  const { url, tokenFile, caFile, certFile, keyFile } = data.client;
  return {
    stateDir: beside(data.stateDir),
    client: {
      url,
      tokenFile: beside(tokenFile),
      caFile: beside(caFile),
      certFile: beside(certFile),
      keyFile: beside(keyFile),
    },
  };
}
