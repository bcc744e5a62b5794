import { useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Button } from '../part/button.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatMany } from '../part/format.ts';

const MINUTE_MS = 60_000;

/** The whole chain, walked by the daemon: a report of one minute tells of it. */
export function AuditVerification() {
  const [toMs, setTo] = useState<number>();
  const { data, failure, isLoading } = useQuery(
    toMs === undefined ? null : `verification ${toMs}`,
    (client, signal) => {
      const to = toMs ?? 0;
      return client.GET('/v1/reports', { params: { query: { from: to - MINUTE_MS, to } }, signal });
    },
  );
  return (
    <>
      <Button
        icon="check"
        isBusy={isLoading}
        onClick={() => setTo(Math.ceil(now.peek() / MINUTE_MS) * MINUTE_MS)}
      >
        Verify the whole chain
      </Button>
      <ErrorNote failure={failure} />
      {data && (
        <p class={`note ${data.audit.sound ? 'tone-ok' : 'tone-critical'}`} role="status">
          <span>
            <strong>{data.audit.sound ? 'The whole chain is sound' : 'The ledger was changed'}:</strong>{' '}
            {formatMany(data.audit.entries, 'entry', 'entries')}
            {data.audit.problem !== null && `, ${data.audit.problem}`}. Head{' '}
            <code title={data.audit.headHash}>{data.audit.headHash.slice(0, 16)}</code>
          </span>
        </p>
      )}
    </>
  );
}
