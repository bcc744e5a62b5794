/** Rules that allow more than anybody can have meant, and what would have been enough: from the report's own eyes. */
import type { Schema } from 'penstock-client';
import { useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Button } from '../part/button.tsx';
import { Bytes } from '../part/bytes.tsx';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatCount, formatShare } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';

type Wide = NonNullable<Schema<'Report'>['rules']>['wide']['lines'][number];

const DAY_MS = 86_400_000;
const DAYS = 30;
/** Of a list in one line. */
const MOST_TOLD = 12;

export function PolicyWide() {
  const [toMs, setTo] = useState<number>();
  const { data, failure, isLoading, refresh } = useQuery(
    toMs === undefined ? null : `wide rules ${toMs}`,
    (client, signal) => {
      const to = toMs ?? 0;
      return client.GET('/v1/reports', { params: { query: { from: to - DAYS * DAY_MS, to } }, signal });
    },
  );
  const wide = data?.rules?.wide.lines;
  return (
    <Panel
      title="Wide rules"
      aside={
        <Button disabled={toMs !== undefined} onClick={() => setTo(Math.ceil(now.peek() / 60_000) * 60_000)}>
          Look for them
        </Button>
      }
    >
      {toMs === undefined && (
        <p class="field-hint">
          Which rules allow much more than was used in the last {DAYS} days, and what would have been enough.
        </p>
      )}
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading />}
      {data && wide === undefined && (
        <p class="field-hint">It cannot be told: {data.gaps.join(' ') || 'no rules.'}</p>
      )}
      {wide?.length === 0 && <p>No rule is wide.</p>}
      {wide && <PolicyWideList wide={wide} />}
    </Panel>
  );
}

export function PolicyWideList({ wide }: { wide: readonly Wide[] }) {
  if (wide.length === 0) return null;
  return (
    <ul class="wide-rules">
      {wide.map((rule) => (
        <li key={rule.rule}>
          <strong class="id">{rule.rule}</strong> {rule.because.join(', ')}
          {rule.owner !== null && <span class="field-hint"> ({rule.owner})</span>}
          <p>
            Used for <Bytes bytes={rule.used.bytesOut} /> to {counted(rule.used.destinations, 'destination')}{' '}
            by {counted(rule.used.services, 'service')}.
          </p>
          <Narrower rule={rule} />
        </li>
      ))}
    </ul>
  );
}

function Narrower({ rule: { narrower } }: { rule: Wide }) {
  if (narrower === null) return <p class="field-hint">Nothing was seen that it was needed for.</p>;
  const { cidrs, services, names, covers, remarks } = narrower;
  return (
    <>
      <p>Enough for {formatShare(covers)} of it would have been:</p>
      <pre class="wide-narrower">{[`to: ${told(cidrs)}`, `services: ${told(services)}`].join('\n')}</pre>
      {names.length > 0 && <p class="field-hint">Some of these are known as {told(names)}.</p>}
      {remarks.map((remark) => (
        <p key={remark} class="field-hint">
          {remark}
        </p>
      ))}
    </>
  );
}

function told(values: readonly string[]): string {
  const more = values.length > MOST_TOLD ? `, … ${values.length - MOST_TOLD} more` : '';
  return values.slice(0, MOST_TOLD).join(', ') + more;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}
