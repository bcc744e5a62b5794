import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { Button } from '../part/button.tsx';
import { saveJson } from '../part/download.ts';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount } from '../part/format.ts';
import type { AuditQuery } from './audit-filter.ts';

type Entry = Schema<'LedgerEntry'>;

const AT_A_TIME = 1_000;
/** A browser holds no more with ease; the command line has no such end. */
const MOST = 100_000;

/** All entries that fit the filter, oldest first, as one JSON file. */
export function AuditExport({ query }: { query: AuditQuery }) {
  const [count, setCount] = useState<number>();
  const [failure, setFailure] = useState<Failure>();
  const save = async () => {
    setFailure(undefined);
    setCount(0);
    const read = await readAll(query, setCount);
    setCount(undefined);
    if ('failure' in read) return setFailure(read.failure);
    saveJson('penstock-audit.json', { filter: query, isWhole: read.isWhole, entries: read.entries });
  };
  return (
    <>
      <ErrorNote failure={failure} />
      <Button icon="download" isBusy={count !== undefined} onClick={save}>
        {count === undefined ? 'Export' : `Reading, ${formatCount(count)} so far`}
      </Button>
    </>
  );
}

type Read = { entries: Entry[]; isWhole: boolean } | { failure: Failure };

async function readAll(query: AuditQuery, onCount: (count: number) => void): Promise<Read> {
  const entries: Entry[] = [];
  for (let after = 0; entries.length < MOST; ) {
    const page = { ...query, order: 'oldest', limit: AT_A_TIME, after } as const;
    const sent = await send((client) => client.GET('/v1/audit', { params: { query: page } }));
    if ('failure' in sent) return sent;
    const { items, next } = sent.data;
    entries.push(...items);
    onCount(entries.length);
    if (next === null) return { entries, isWhole: true };
    after = Number(next);
  }
  return { entries, isWhole: false };
}
