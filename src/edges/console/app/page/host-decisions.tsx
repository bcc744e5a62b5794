import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { send, useQuery } from '../api.ts';
import { DecisionBadge } from '../part/badge.tsx';
import { Button } from '../part/button.tsx';
import { ConfirmDialog } from '../part/dialog.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatService } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { Table } from '../part/table.tsx';
import { Countdown } from '../part/time.tsx';
import { may } from '../session.ts';
import { decisionsOf } from './host-facts.ts';

type Decision = Schema<'Decision'>;

/** What stands or waits against this host; nothing is shown when there is nothing. */
export function HostDecisions({ host }: { host: string }) {
  const { data, failure, refresh } = useQuery(
    `decisions of ${host}`,
    (client, signal) => client.GET('/v1/decisions', { params: { query: { host, limit: 200 } }, signal }),
    { on: ['decision', 'enforcement', 'revision'] },
  );
  const [lifting, setLifting] = useState<Decision>();
  const standing = decisionsOf(host, data?.items ?? []);
  if (failure === undefined && standing.length === 0) return null;
  return (
    <Panel title="Standing against it" class="host-standing" flush>
      <ErrorNote failure={failure} retry={refresh} />
      <Table
        caption={`Decisions against ${host}`}
        rows={standing}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Decision', cell: ({ id }) => <span class="id">{id}</span> },
          { title: 'What', cell: (decision) => <What decision={decision} /> },
          { title: 'State', isMinor: true, cell: ({ state }) => <DecisionBadge state={state} /> },
          { title: 'Left', isMinor: true, cell: (decision) => <Left decision={decision} /> },
          { title: 'Why', cell: ({ reason }) => <span class="wrap">{reason}</span>, isMinor: true },
          { title: 'Act', cell: (decision) => <LiftButton decision={decision} onLift={setLifting} /> },
        ]}
      />
      {lifting && <LiftDialog decision={lifting} onClose={() => setLifting(undefined)} />}
    </Panel>
  );
}

function targetWords({ action, target }: Decision): string {
  if (target.kind === 'flow') return `block to ${target.destination}, ${formatService(target.service)}`;
  return target.kind === 'host' ? 'quarantine' : `${action} of ${target.prefix}`;
}

/** On a phone the state stands below. */
function What({ decision }: { decision: Decision }) {
  return (
    <>
      {targetWords(decision)}
      <span class="host-state">
        <DecisionBadge state={decision.state} />
      </span>
    </>
  );
}

function Left({ decision: { state, answerByMs, expiresAtMs } }: { decision: Decision }) {
  const untilMs = state === 'active' ? expiresAtMs : (answerByMs ?? expiresAtMs);
  return untilMs === null ? <>–</> : <Countdown untilMs={untilMs} />;
}

function LiftButton({ decision, onLift }: { decision: Decision; onLift: (decision: Decision) => void }) {
  if (decision.state === 'pending' || !may('operator', 'decisions')) return null;
  return (
    <Button aria-label={`Lift ${decision.id}`} onClick={() => onLift(decision)}>
      Lift…
    </Button>
  );
}

function LiftDialog({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const act = async (reason: string) => {
    const sent = await send((client, headers) =>
      client.POST('/v1/decisions/{id}/revoke', {
        headers,
        params: { path: { id: decision.id } },
        body: { reason },
      }),
    );
    return 'failure' in sent ? sent.failure : undefined;
  };
  return (
    <ConfirmDialog title={`Lift ${decision.id}?`} verb="Lift" act={act} onClose={onClose}>
      <p>{`The ${targetWords(decision)} is lifted at once.`}</p>
    </ConfirmDialog>
  );
}
