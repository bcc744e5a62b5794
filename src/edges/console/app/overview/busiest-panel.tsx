import { Link } from 'wouter-preact';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Bytes } from '../part/bytes.tsx';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { HostLink } from '../part/link.tsx';
import { Panel } from '../part/panel.tsx';

const SHOWN = 6;
const HOUR_MS = 3_600_000;
const EVERY_MS = 30_000;

/** Who sent most in the last hour. */
export function BusiestPanel() {
  const { data, failure, isLoading, refresh } = useQuery(
    'busiest',
    (client, signal) => {
      const toMs = now.peek();
      const query = { by: 'host', from: toMs - HOUR_MS, to: toMs, limit: SHOWN } as const;
      return client.GET('/v1/history/top', { params: { query }, signal });
    },
    { everyMs: EVERY_MS },
  );
  const most = Math.max(1, ...(data?.items.map(({ bytesOut }) => bytesOut) ?? []));
  return (
    <Panel title="Who sends most, last hour" flush aside={<Link href="/hosts">All hosts</Link>}>
      {failure?.status === 503 ? (
        <Empty>{failure.detail}</Empty>
      ) : (
        <ErrorNote failure={failure} retry={refresh} />
      )}
      {isLoading && <Loading />}
      {data?.items.length === 0 && <Empty>Nothing was counted yet.</Empty>}
      <ul class="rows">
        {data?.items.map(({ key, bytesOut }) => (
          <li key={key} class="row bar-row">
            <span>{/^[0-9a-f.:]+$/i.test(key) ? <HostLink host={key} /> : key}</span>
            <Bytes bytes={bytesOut} />
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${(bytesOut / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
