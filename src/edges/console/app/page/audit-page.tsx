/** The ledger: what was decided and done, by whom, and that it is unchanged. */
import type { Client, Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Page } from '../part/page.tsx';
import { usePages } from '../part/pages.ts';
import { useSearchState } from '../part/search-state.ts';
import { AuditCheck } from './audit-check.tsx';
import { AuditEntry } from './audit-entry.tsx';
import { AuditExport } from './audit-export.tsx';
import { type AuditFilter, auditFilterOf, auditQueryOf, auditSearchOf, TYPES } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditTable } from './audit-table.tsx';
import { AuditVerification } from './audit-verification.tsx';
import '../style/audit.css';

type Entry = Schema<'LedgerEntry'>;

const PAGE_ROWS = 200;
const AHEAD_ROWS = 60;
const TOP_ROWS = 3;

export default function AuditPage() {
  const { typed, asked, change } = useSearchState(auditFilterOf, auditSearchOf);
  const [isDown, setDown] = useState(false);
  const [shown, setShown] = useState<Entry>();
  const pages = useEntries(asked, isDown);
  const onRange = (first: number, last: number) => {
    setDown(first > TOP_ROWS);
    if (last > pages.rows.length - AHEAD_ROWS) pages.loadMore();
  };
  return (
    <Page
      title="Audit log"
      lead="Every decision and change, newest first"
      actions={<AuditExport query={auditQueryOf(asked)} />}
    >
      <AuditFilters filter={typed} onChange={change} />
      <ErrorNote failure={pages.failure} retry={pages.refresh} />
      <div class="audit-checks">
        <AuditCheck entries={pages.rows} />
        <AuditVerification />
      </div>
      {isDown && <p class="field-hint">Held while you look further down; new entries come at the top.</p>}
      {pages.isLoading ? (
        <Loading lines={10} />
      ) : (
        <AuditTable key={auditSearchOf(asked)} entries={pages.rows} onRange={onRange} onShow={setShown} />
      )}
      {shown && <AuditEntry entry={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

function useEntries(filter: AuditFilter, isHeld: boolean) {
  const asked = auditQueryOf(filter);
  const load = (client: Client, before: string | undefined, signal: AbortSignal) => {
    const page = {
      order: 'newest',
      limit: PAGE_ROWS,
      ...(before !== undefined && { before: Number(before) }),
    } as const;
    return client.GET('/v1/audit', { params: { query: { ...asked, ...page } }, signal });
  };
  return usePages(`audit ${JSON.stringify(asked)}`, load, {
    everyMs: 10_000,
    on: TYPES,
    isHeld,
    pageOf: ({ items, next }: { items: readonly Entry[]; next: string | null }) => ({ rows: items, next }),
    keyOf: ({ seq }: Entry) => seq,
  });
}
