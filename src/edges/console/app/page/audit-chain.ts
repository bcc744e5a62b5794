/**
 * Whether the entries that are here are what was written: each entry's hash covers the entry and the hash before it
 * (src/ledger/chain.ts).
 *
 *   hash = SHA-256 of the UTF-8 JSON text  [previousHash,seq,atMs,type,actor,subject,body]
 *
 * `body` is the text of the body. The texts of policies are not sent, so that of such entries only the links are
 * compared. A daemon that lies can make a chain anew; `penstock audit verify` with a head kept elsewhere finds that.
 */
import type { Schema } from 'penstock-client';

type Entry = Schema<'LedgerEntry'>;
/** SHA-256 in hexadecimal. */
export type Digest = (text: string) => Promise<string>;

export interface ChainReport {
  readonly entries: number;
  /** How many hashes were made again and are right. */
  readonly hashed: number;
  /** How many neighbours were compared and are linked. */
  readonly linked: number;
  /** What is not as it should be, oldest first. */
  readonly faults: readonly { readonly seq: number; readonly fault: 'hash' | 'link' }[];
}

const WITHOUT_BODY = 'policy.stored';

/** @param digest undefined where the browser has none: outside of TLS and loopback */
export async function checkChain(
  entries: readonly Entry[],
  digest: Digest | undefined,
): Promise<ChainReport> {
  const sorted = entries.toSorted((one, other) => one.seq - other.seq);
  const faults: { seq: number; fault: 'hash' | 'link' }[] = [];
  let [hashed, linked] = [0, 0];
  for (const [place, entry] of sorted.entries()) {
    const before = sorted[place - 1];
    if (before?.seq === entry.seq - 1) {
      if (before.hash === entry.previousHash) linked += 1;
      else faults.push({ seq: entry.seq, fault: 'link' });
    }
    if (digest === undefined || entry.type === WITHOUT_BODY) continue;
    if ((await digest(textOf(entry))) === entry.hash) hashed += 1;
    else faults.push({ seq: entry.seq, fault: 'hash' });
  }
  return { entries: sorted.length, hashed, linked, faults };
}

function textOf({ previousHash, seq, atMs, type, actor, subject, body }: Entry): string {
  return JSON.stringify([previousHash, seq, atMs, type, actor, subject, JSON.stringify(body)]);
}
