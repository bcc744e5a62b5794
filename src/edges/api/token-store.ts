/** API tokens: 256 random bits, kept only as their SHA-256 (no salt or stretching: there is nothing to guess). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ROLES, type Role } from './role.ts';
import type { Caller } from './route.ts';
import { SCOPES, type Scope } from './scope.ts';

/** Times are ms since the epoch. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** To the minute. */
  readonly lastUsedAtMs: number | null;
  /** null: it may do all that its role may. */
  readonly scopes: readonly Scope[] | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly expiresAtMs: number | null;
  readonly scopes?: readonly Scope[] | null;
}

export interface TokenPage {
  readonly after?: string | undefined;
  readonly role?: Role | undefined;
  readonly limit: number;
}

const PREFIX = 'pst_';
/** Before the number in the id of a caller. */
const ID = /^token:/;
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
  create({ name, role, expiresAtMs, scopes = null }: NewToken): string {
    const text = PREFIX + randomBytes(32).toString('base64url');
    this.#db
      .prepare(
        `INSERT INTO token (name, role, hash, created_at_ms, expires_at_ms, scopes) VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(name, role, hashOf(text), this.#now(), expiresAtMs, scopes?.join(' ') ?? null);
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
    const row = this.#db.prepare('SELECT expires_at_ms FROM token WHERE id = ?').get(id.replace(ID, ''));
    return row !== undefined && !this.#isExpired(row);
  }

  list(): Token[] {
    return this.#db.prepare('SELECT * FROM token ORDER BY name').all().map(tokenOf);
  }

  /** By name, those after `after`. */
  page({ after = '', role, limit }: TokenPage): Token[] {
    return this.#db
      .prepare('SELECT * FROM token WHERE name > ?1 AND (?2 IS NULL OR role = ?2) ORDER BY name LIMIT ?3')
      .all(after, role ?? null, limit)
      .map(tokenOf);
  }

  find(name: string): Token | undefined {
    const row = this.#db.prepare('SELECT * FROM token WHERE name = ?').get(name);
    return row && tokenOf(row);
  }

  /** Returns whether there was one. */
  remove(name: string): boolean {
    const row = this.#db.prepare('DELETE FROM token WHERE name = ? RETURNING id').get(name);
    if (row) this.#db.prepare('DELETE FROM answered WHERE caller = ?').run(callerId(row));
    return row !== undefined;
  }

  /** Whether somebody can manage tokens now. */
  hasAdmin(): boolean {
    const now = this.#now();
    return this.#admins().some(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > now);
  }

  /** Whether without this token nobody could manage tokens any more. */
  isLastAdmin(name: string): boolean {
    const admins = this.#admins().filter(({ expiresAtMs }) => expiresAtMs === null);
    return admins.length === 1 && admins[0]?.name === name;
  }

  #admins(): Token[] {
    return this.list().filter(
      ({ role, scopes }) => role === 'admin' && (scopes === null || scopes.includes('tokens')),
    );
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
  const { name, role, scopes, expiresAtMs } = tokenOf(row);
  return { id: callerId(row), name, role, scopes, expiresAtMs };
}

function callerId({ id }: Row): string {
  return `token:${id}`;
}

/** One that this version does not know gives nothing. */
function scopesOf({ scopes }: Row): readonly Scope[] | null {
  if (typeof scopes !== 'string') return null;
  const held = scopes.split(' ');
  return SCOPES.filter((scope) => held.includes(scope));
}

function tokenOf(row: Row): Token {
  const time = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    name: String(row.name),
    role: roleOf(row),
    createdAtMs: Number(row.created_at_ms),
    expiresAtMs: time(row.expires_at_ms),
    lastUsedAtMs: time(row.last_used_at_ms),
    scopes: scopesOf(row),
  };
}
