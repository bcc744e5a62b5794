import { useState } from 'preact/hooks';
import { send, useQuery } from '../api.ts';
import { Badge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatWords } from '../part/format.ts';
import { IncidentLink } from '../part/link.tsx';
import { Panel } from '../part/panel.tsx';
import { type Column, Table } from '../part/table.tsx';
import { Time } from '../part/time.tsx';
import { may } from '../session.ts';
import { type Suppression, scopeWords } from '../words.ts';

const MOST = 200;

const COLUMNS: readonly Column<Suppression>[] = [
  { title: 'Suppression', cell: ({ id }) => <span class="id">{id}</span> },
  {
    title: 'What is not reported',
    cell: (suppression) => (
      <>
        {formatWords(suppression.detector)}: <span class="address wraps">{scopeWords(suppression)}</span>
      </>
    ),
  },
  { title: 'Silenced', isNumber: true, cell: ({ hits }) => (hits === null ? '–' : formatCount(hits)) },
  { title: 'Incident', isMinor: true, cell: ({ incident }) => <IncidentLink id={incident} /> },
  { title: 'By', isMinor: true, cell: ({ actor, reason }) => `${actor}: ${reason}` },
  {
    title: 'Ends',
    cell: ({ state, untilMs }) => (state === 'active' ? <Time ms={untilMs} /> : <Badge>{state}</Badge>),
  },
];

/** What closing incidents as false has taught: what nobody hears of for a while. */
export function Suppressions() {
  const query = { limit: MOST };
  const { data, failure, isLoading, refresh } = useQuery(
    'suppressions',
    (client, signal) => client.GET('/v1/suppressions', { params: { query }, signal }),
    { on: ['suppression'], everyMs: 30_000 },
  );
  const [revoked, setRevoked] = useState<Suppression>();
  const revoking: Column<Suppression> = {
    title: 'End',
    cell: (suppression) =>
      suppression.state === 'active' ? (
        <Button aria-label={`Revoke ${suppression.id}`} onClick={() => setRevoked(suppression)}>
          Revoke
        </Button>
      ) : null,
  };
  return (
    <Panel title="Suppressions" flush>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading />}
      {data?.items.length === 0 && (
        <Empty>
          Everything is reported. An incident that is closed as false may be suppressed for a while.
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <Table
          caption="Suppressions"
          columns={may('operator', 'suppressions') ? [...COLUMNS, revoking] : COLUMNS}
          rows={data.items}
          keyOf={({ id }) => id}
          stacks
        />
      )}
      {revoked && <RevokeDialog suppression={revoked} onClose={() => setRevoked(undefined)} />}
    </Panel>
  );
}

function RevokeDialog({ suppression, onClose }: { suppression: Suppression; onClose: () => void }) {
  const { id, detector } = suppression;
  const act = async (reason: string) => {
    const sent = await send<unknown>((client, header) =>
      client.POST('/v1/suppressions/{id}/revoke', { params: { path: { id }, header }, body: { reason } }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <ConfirmDialog title={`Revoke ${id}`} verb="Revoke" act={act} onClose={onClose}>
      <p class="target">{scopeWords(suppression)}</p>
      <p>What {formatWords(detector)} says of it is reported again.</p>
    </ConfirmDialog>
  );
}
