/**
 * Each entry's hash covers the entry and the hash before it, so that no entry can be changed, taken out or put in
 * between without every later hash changing:
 *
 *   GENESIS --> hash 1 --> hash 2 --> ... --> head
 *
 *   hash = SHA-256 of the UTF-8 JSON text  [previousHash,seq,atMs,type,actor,subject,body]
 *
 * written as RFC 8785 says (no spaces; numbers and strings as ECMAScript writes them). `body` is a string here: the
 * body's own JSON text as stored. A JSON array has one meaning only, so no two entries share an encoding.
 *
 * Cutting off the end leaves a shorter chain that is sound in itself. Who must notice that keeps a head (`seq` and
 * `hash`; every alert carries both) outside and gives it to `verify` as an anchor.
 */
import { hash } from 'node:crypto';
import { type Entry, type EntryDraft, subjectOf } from './entry.ts';
import { LedgerError } from './errors.ts';

export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** What comes before the first entry. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/** A row of table `entries`, with the columns' names. */
export interface EntryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly type: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

export function entryHash(row: Omit<EntryRow, 'hash'>): string {
  const { previous_hash, seq, at_ms, type, actor, subject, body } = row;
  return hash('sha256', JSON.stringify([previous_hash, seq, at_ms, type, actor, subject, body]), 'hex');
}

/**
 * The row that follows `head`. Lone surrogates have no UTF-8 form and become U+FFFD.
 * @throws LedgerError PENSTOCK_LEDGER_ENTRY_INVALID
 */
export function nextRow(head: Head, draft: EntryDraft): EntryRow {
  const { type, actor, body, atMs = Date.now() } = draft;
  if (!Number.isFinite(atMs)) {
    throw new LedgerError('PENSTOCK_LEDGER_ENTRY_INVALID', `ledger: ${type}: atMs is ${atMs}`);
  }
  const row = {
    seq: head.seq + 1,
    at_ms: atMs,
    type,
    actor: actor.toWellFormed(),
    subject: subjectOf(draft)?.toWellFormed() ?? null,
    body: JSON.stringify(body),
    previous_hash: head.hash,
  };
  return { ...row, hash: entryHash(row) };
}

/** The body's text is trusted to be what `nextRow` made of a draft; `verify` is what checks that. */
export function entryOf(row: EntryRow, body: unknown = JSON.parse(row.body)): Entry {
  return {
    seq: row.seq,
    atMs: row.at_ms,
    type: row.type,
    actor: row.actor,
    subject: row.subject,
    body,
    previousHash: row.previous_hash,
    hash: row.hash,
  } as Entry;
}
