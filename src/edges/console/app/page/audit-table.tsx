import type { Schema } from 'penstock-client';
import { Empty } from '../part/empty.tsx';
import { useLines } from '../part/narrow.ts';
import { ExactTime } from '../part/time.tsx';
import { type VirtualColumn, VirtualTable } from '../part/virtual-table.tsx';
import { entryWords } from './audit-words.ts';

type Entry = Schema<'LedgerEntry'>;

interface Props {
  readonly entries: readonly Entry[];
  readonly onRange: (first: number, last: number) => void;
  readonly onShow: (entry: Entry) => void;
}

export function AuditTable({ entries, onRange, onShow }: Props) {
  const isNarrow = useLines();
  return (
    <VirtualTable
      label="Ledger entries"
      columns={isNarrow ? narrowColumns(onShow) : wideColumns(onShow)}
      rows={entries}
      keyOf={({ seq }) => seq}
      rowHeight={isNarrow ? 80 : 40}
      onRange={onRange}
      empty={<Empty icon="audit">No entry fits.</Empty>}
    />
  );
}

function wideColumns(onShow: (entry: Entry) => void): VirtualColumn<Entry>[] {
  return [
    { title: 'Entry', width: '4.5rem', cell: (entry) => <EntryButton entry={entry} onShow={onShow} /> },
    { title: 'When', width: '10.5rem', cell: ({ atMs }) => <ExactTime ms={atMs} /> },
    { title: 'Type', width: '11.5rem', cell: ({ type }) => <code>{type}</code> },
    { title: 'Actor', width: 'minmax(6rem, 1fr)', cell: ({ actor }) => actor },
    {
      title: 'Subject',
      width: '8rem',
      isMinor: true,
      cell: ({ subject }) => <span title={subject ?? ''}>{subject ?? '–'}</span>,
    },
    {
      title: 'What',
      width: 'minmax(9rem, 4fr)',
      cell: (entry) => <span title={entryWords(entry)}>{entryWords(entry)}</span>,
    },
  ];
}

/** Three lines each, where columns have no room. */
function narrowColumns(onShow: (entry: Entry) => void): VirtualColumn<Entry>[] {
  const lines = (entry: Entry) => (
    <span class="audit-lines">
      <span>
        <EntryButton entry={entry} onShow={onShow} /> <code>{entry.type}</code> {entry.subject}
      </span>
      <span title={entryWords(entry)}>{entryWords(entry)}</span>
      <span class="field-hint">
        {entry.actor}, <ExactTime ms={entry.atMs} />
      </span>
    </span>
  );
  return [{ title: 'Entry', width: 'minmax(0, 1fr)', cell: lines }];
}

function EntryButton({ entry, onShow }: { entry: Entry; onShow: (entry: Entry) => void }) {
  return (
    <button
      type="button"
      class="audit-entry"
      aria-label={`Entry ${entry.seq}, ${entry.type}: details`}
      onClick={() => onShow(entry)}
    >
      {entry.seq}
    </button>
  );
}
