import { useState } from 'preact/hooks';
import { send, useQuery } from '../api.ts';
import type { Failure } from '../failure.ts';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { saveFile } from '../part/download.ts';
import { Empty } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Panel } from '../part/panel.tsx';
import { Table } from '../part/table.tsx';
import { ExactTime } from '../part/time.tsx';

export function ReportsKept() {
  const { data, failure } = useQuery('kept reports', (client, signal) =>
    client.GET('/v1/reports/kept', { signal }),
  );
  const [wrong, setWrong] = useState<Failure>();
  const save = async (name: string) => {
    const sent = await send<Blob>((client) =>
      client.GET('/v1/reports/kept/{name}', { params: { path: { name } }, parseAs: 'blob' }),
    );
    setWrong('failure' in sent ? sent.failure : undefined);
    if ('data' in sent) saveFile(name, sent.data);
  };
  return (
    <Panel title="Made on schedule" flush>
      <ErrorNote failure={failure ?? wrong} />
      {data?.reports.length === 0 && (
        <Empty icon="audit">
          None yet. The daemon makes one each day, week or month when its configuration says so:{' '}
          <code>reports: &#123;every: week&#125;</code>
        </Empty>
      )}
      {data !== undefined && data.reports.length > 0 && (
        <Table
          caption="Reports made on schedule"
          rows={data.reports}
          keyOf={({ name }) => name}
          columns={[
            { title: 'Report', cell: ({ name }) => <span class="id">{name}</span> },
            { title: 'Made', cell: ({ madeAtMs }) => <ExactTime ms={madeAtMs} />, isMinor: true },
            { title: 'Size', isNumber: true, isMinor: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
            {
              title: 'Act',
              cell: ({ name }) => (
                <Button icon="download" aria-label={`Download ${name}`} onClick={() => save(name)}>
                  Download
                </Button>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
