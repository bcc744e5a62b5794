import type { Schema } from 'penstock-client';
import { useEffect, useState } from 'preact/hooks';
import { formatCount, formatMany } from '../part/format.ts';
import { type ChainReport, checkChain, type Digest } from './audit-chain.ts';

/** More are checked only once somebody has read so far. */
const MOST_CHECKED = 2_000;

/** Made again in this browser, from what is on the page: who changed an entry in the ledger's file is found out. */
export function AuditCheck({ entries }: { entries: readonly Schema<'LedgerEntry'>[] }) {
  const [report, setReport] = useState<ChainReport>();
  useEffect(() => {
    let isOver = false;
    void checkChain(entries.slice(0, MOST_CHECKED), sha256()).then((made) => {
      if (!isOver) setReport(made);
    });
    return () => {
      isOver = true;
    };
  }, [entries]);
  if (report === undefined || report.entries === 0) return null;
  const [worst] = report.faults;
  if (worst !== undefined) {
    return (
      <p class="note tone-critical" role="alert">
        <span>
          <strong>The ledger was changed:</strong> entry {worst.seq}{' '}
          {worst.fault === 'hash'
            ? 'is not what its hash was made of'
            : 'does not follow the entry before it'}
          {report.faults.length > 1 && `, and ${formatCount(report.faults.length - 1)} more`}. Run{' '}
          <code>penstock audit verify</code>.
        </span>
      </p>
    );
  }
  return (
    <p class="audit-sound" title="The text of a policy is not sent, so its hash cannot be made again here.">
      <span class="dot tone-ok" aria-hidden="true" /> {soundWords(report)}
    </p>
  );
}

function soundWords({ entries, hashed, linked }: ChainReport): string {
  const hashes = hashed > 0 ? `${formatMany(hashed, 'hash', 'hashes')} right, ` : '';
  return `Of ${formatMany(entries, 'entry', 'entries')} here: ${hashes}${formatMany(linked, 'link')} unbroken.`;
}

/** Browsers have it where the page came over TLS or loopback. */
function sha256(): Digest | undefined {
  if (!globalThis.isSecureContext) return undefined;
  const coder = new TextEncoder();
  return async (text) => {
    const made = new Uint8Array(await crypto.subtle.digest('SHA-256', coder.encode(text)));
    return Array.from(made, (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}
