/** The way in for root: a token made when no admin token works (any more), and left where only root reads. */
import { closeSync, constants, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import type { TokenStore } from './token-store.ts';

export const ADMIN_TOKEN_NAME = 'admin';

/**
 * Returns whether a token was made. An old file is replaced, never written into: it could be a link to elsewhere.
 * @throws the system's error when the file cannot be written; then no token was made
 */
export function ensureAdminToken(tokens: TokenStore, file: string): boolean {
  if (tokens.hasAdmin()) return false;
  tokens.remove(ADMIN_TOKEN_NAME);
  const text = tokens.create({ name: ADMIN_TOKEN_NAME, role: 'admin', expiresAtMs: null });
  try {
    writeSecret(file, text);
  } catch (error) {
    tokens.remove(ADMIN_TOKEN_NAME);
    throw error;
  }
  return true;
}

function writeSecret(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const fd = openSync(draft, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeSync(fd, `${text}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}
