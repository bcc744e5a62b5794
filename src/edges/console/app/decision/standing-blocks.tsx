import { useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { DecisionBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { IncidentLink } from '../part/link.tsx';
import { Panel } from '../part/panel.tsx';
import { type Column, Table } from '../part/table.tsx';
import { Time } from '../part/time.tsx';
import { may } from '../session.ts';
import { status } from '../status.ts';
import { type Decision, originWords, targetWords } from '../words.ts';
import { AnswerDialog } from './answer-dialog.tsx';

const MOST = 500;

const COLUMNS: readonly Column<Decision>[] = [
  { title: 'Decision', cell: ({ id }) => <span class="id">{id}</span> },
  {
    title: 'What is blocked',
    cell: ({ target }) => <span class="address wraps">{targetWords(target)}</span>,
  },
  { title: 'Why', isMinor: true, cell: (decision) => originWords(decision) },
  {
    title: 'Incident',
    isMinor: true,
    cell: ({ incident }) => (incident === null ? '–' : <IncidentLink id={incident} />),
  },
  { title: 'Since', isMinor: true, cell: ({ createdAtMs }) => <Time ms={createdAtMs} /> },
  { title: 'Ends', cell: ({ expiresAtMs }) => expiresAtMs !== null && <Time ms={expiresAtMs} /> },
];

/** What somebody let stand for its time, each to be lifted again. */
export function StandingBlocks() {
  const query = { state: 'active', limit: MOST } as const;
  const { data, failure, isLoading, refresh } = useQuery(
    'decisions active',
    (client, signal) => client.GET('/v1/decisions', { params: { query }, signal }),
    { on: ['decision', 'enforcement', 'rollback'] },
  );
  const [revoked, setRevoked] = useState<Decision>();
  const revoking: Column<Decision> = {
    title: 'Lift',
    cell: (decision) => (
      <Button aria-label={`Revoke ${decision.id}`} onClick={() => setRevoked(decision)}>
        Revoke
      </Button>
    ),
  };
  return (
    <Panel
      title="Standing blocks"
      flush
      aside={data && `${data.items.length}${data.next === null ? '' : '+'}`}
    >
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading />}
      {data?.items.length === 0 && <Empty icon="check">{nothingWords()}</Empty>}
      {data && data.items.length > 0 && (
        <Table
          caption="Standing blocks"
          columns={may('operator', 'decisions') ? [...COLUMNS, revoking] : COLUMNS}
          rows={data.items}
          keyOf={({ id }) => id}
          stacks
        />
      )}
      {revoked && <AnswerDialog decision={revoked} verb="revoke" onClose={() => setRevoked(undefined)} />}
    </Panel>
  );
}

/** A provisional block stands too: it is told of above, where it waits for its answer. */
function nothingWords(): string {
  return status.value?.decisions.provisional ? 'Nothing else is blocked.' : 'Nothing is blocked.';
}

const ANSWERED: readonly Column<Decision>[] = [
  { title: 'Decision', cell: ({ id }) => <span class="id">{id}</span> },
  { title: 'What', cell: ({ target }) => <span class="address wraps">{targetWords(target)}</span> },
  { title: 'State', cell: ({ state }) => <DecisionBadge state={state} /> },
  {
    title: 'Answered by',
    isMinor: true,
    cell: ({ answers }) => answers.map(({ verb, actor }) => `${verb}: ${actor}`).join(', ') || 'nobody',
  },
  { title: 'Made', isMinor: true, cell: ({ createdAtMs }) => <Time ms={createdAtMs} /> },
];

/** The newest decisions, whatever became of them. */
export function LatestDecisions() {
  const query = { limit: 20 };
  const { data, failure, refresh } = useQuery(
    'decisions latest',
    (client, signal) => client.GET('/v1/decisions', { params: { query }, signal }),
    { on: ['decision', 'rollback'] },
  );
  const done = data?.items.filter(({ state }) => !['pending', 'provisional', 'active'].includes(state)) ?? [];
  if (failure === undefined && done.length === 0) return null;
  return (
    <Panel title="Over, of late" flush>
      <ErrorNote failure={failure} retry={refresh} />
      <Table caption="Decisions that are over" columns={ANSWERED} rows={done} keyOf={({ id }) => id} stacks />
    </Panel>
  );
}
