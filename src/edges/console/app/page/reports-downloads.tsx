import type { Client } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send } from '../api.ts';
import type { Failure } from '../failure.ts';
import { Button } from '../part/button.tsx';
import { saveFile } from '../part/download.ts';
import { ErrorNote } from '../part/error-note.tsx';
import { Select } from '../part/field.tsx';
import { type ReportTable, type Span, TABLES } from './reports-period.ts';

/** The API needs the token in a header, so that a plain link would not do. */
export function ReportDownloads({ span: { fromMs, toMs } }: { span: Span }) {
  const [table, setTable] = useState<ReportTable>('summary');
  const [busy, setBusy] = useState<'html' | 'json' | 'csv'>();
  const [failure, setFailure] = useState<Failure>();
  const period = { from: fromMs, to: toMs };
  const day = new Date(toMs).toISOString().slice(0, 10);

  const save = async (
    kind: 'html' | 'json' | 'csv',
    name: string,
    load: (client: Client) => Promise<FileAnswer>,
  ) => {
    setBusy(kind);
    const sent = await send(load);
    setBusy(undefined);
    setFailure('failure' in sent ? sent.failure : undefined);
    if ('data' in sent) saveFile(name, sent.data);
  };
  const html = () =>
    save('html', `penstock-report-${day}.html`, (client) =>
      client.GET('/v1/reports/html', { params: { query: period }, parseAs: 'blob' }),
    );
  const json = () =>
    save('json', `penstock-report-${day}.json`, (client) =>
      client.GET('/v1/reports', { params: { query: period }, parseAs: 'blob' }),
    );
  const csv = () =>
    save('csv', `${table}-${day}.csv`, (client) =>
      client.GET('/v1/reports/csv', { params: { query: { ...period, table } }, parseAs: 'blob' }),
    );

  return (
    <>
      <ErrorNote failure={failure} />
      <div class="toolbar">
        <Button tone="primary" icon="download" isBusy={busy === 'html'} onClick={html}>
          HTML, to print
        </Button>
        <Button icon="download" isBusy={busy === 'json'} onClick={json}>
          JSON
        </Button>
        <Select label="Table" value={table} options={TABLES} onChange={setTable} />
        <Button icon="download" isBusy={busy === 'csv'} onClick={csv}>
          CSV of it
        </Button>
      </div>
    </>
  );
}

type FileAnswer = { data?: Blob; error?: unknown; response: Response };
