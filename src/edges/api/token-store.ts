/** API tokens: 256 random bits, kept only as their SHA-256 (no salt or stretching: there is nothing to guess). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ROLES, type Role } from './role.ts';
import type { Caller } from './route.ts';

/** Times are ms since the epoch. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** To the minute. */
  readonly lastUsedAtMs: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly expiresAtMs: number | null;
}

const PREFIX = 'pst_';
const TOKEN_TEXT = /^pst_[A-Za-z0-9_-]{43}$/;
/** Each write of the last use is a sync; once a minute is enough to see which token is idle. */
const LAST_USE_STEP_MS = 60_000;

type Row = Record<string, unknown>;

export class TokenStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;

  constructor(db: DatabaseSync, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
  }

  /** Returns the token's text, which is not kept. The name must be free. */
  create({ name, role, expiresAtMs }: NewToken): string {
    const text = PREFIX + randomBytes(32).toString('base64url');
    this.#db
      .prepare('INSERT INTO token (name, role, hash, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)')
      .run(name, role, hashOf(text), this.#now(), expiresAtMs);
    return text;
  }

  /** The holder of this text, or undefined if there is none or it has expired. */
  authenticate(text: string): Caller | undefined {
    if (!TOKEN_TEXT.test(text)) return undefined;
    const hash = hashOf(text);
    const row = this.#db.prepare('SELECT * FROM token WHERE hash = ?').get(hash);
    if (row === undefined || !timingSafeEqual(hash, row.hash as Uint8Array) || this.#isExpired(row)) {
      return undefined;
    }
    this.#noteUse(row);
    return callerOf(row);
  }

  /** Whether this caller's token still stands: for connections that stay open. */
  stands({ id }: Caller): boolean {
    const row = this.#db.prepare('SELECT expires_at_ms FROM token WHERE id = ?').get(id);
    return row !== undefined && !this.#isExpired(row);
  }

  list(): Token[] {
    return this.#db.prepare('SELECT * FROM token ORDER BY name').all().map(tokenOf);
  }

  find(name: string): Token | undefined {
    const row = this.#db.prepare('SELECT * FROM token WHERE name = ?').get(name);
    return row && tokenOf(row);
  }

  /** Returns whether there was one. */
  remove(name: string): boolean {
    return this.#db.prepare('DELETE FROM token WHERE name = ?').run(name).changes > 0;
  }

  /** Whether somebody can manage tokens now. */
  hasAdmin(): boolean {
    const now = this.#now();
    return this.list().some(
      ({ role, expiresAtMs }) => role === 'admin' && (expiresAtMs === null || expiresAtMs > now),
    );
  }

  /** Whether without this token nobody could manage tokens any more. */
  isLastAdmin(name: string): boolean {
    const admins = this.list().filter(({ role, expiresAtMs }) => role === 'admin' && expiresAtMs === null);
    return admins.length === 1 && admins[0]?.name === name;
  }

  #isExpired({ expires_at_ms: expires }: Row): boolean {
    return typeof expires === 'number' && expires <= this.#now();
  }

  /** A disk that is full keeps nobody out: then the time is not noted. */
  #noteUse({ id, last_used_at_ms: last }: Row): void {
    const now = this.#now();
    if (typeof last === 'number' && now - last < LAST_USE_STEP_MS && now >= last) return;
    try {
      this.#db.prepare('UPDATE token SET last_used_at_ms = ? WHERE id = ?').run(now, Number(id));
    } catch (error) {
      if (!(error instanceof Error && 'errcode' in error)) throw error;
    }
  }
}

function hashOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/** The schema's CHECK holds the role to the list. */
function roleOf({ role }: Row): Role {
  return ROLES.find((known) => known === role) ?? 'viewer';
}

function callerOf(row: Row): Caller {
  return { id: Number(row.id), name: String(row.name), role: roleOf(row) };
}

function tokenOf(row: Row): Token {
  const time = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    name: String(row.name),
    role: roleOf(row),
    createdAtMs: Number(row.created_at_ms),
    expiresAtMs: time(row.expires_at_ms),
    lastUsedAtMs: time(row.last_used_at_ms),
  };
}
