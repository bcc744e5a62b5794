import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatBytes, formatClock, formatRate } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { sparkArea, sparkLine } from './spark.ts';

const MINUTE_MS = 60_000;
const SHOWN = 60;
const EVERY_MS = 10_000;
const WIDTH = 600;
const HEIGHT = 96;

/** What all hosts of ours send out, minute by minute of the last hour. */
export function OutboundRate() {
  const { data, failure, isLoading, refresh } = useQuery(
    'rate',
    (client, signal) => {
      // The running minute is not whole: its rate would be told too low.
      const toMs = Math.floor(now.peek() / MINUTE_MS) * MINUTE_MS;
      const query = { from: toMs - SHOWN * MINUTE_MS, to: toMs - 1, step: 'minute' } as const;
      return client.GET('/v1/history', { params: { query }, signal });
    },
    { everyMs: EVERY_MS },
  );
  const rates = data?.points.map(({ atMs, bytesOut }) => ({ atMs, value: bytesOut / 60 })) ?? [];
  const newest = rates.at(-1);
  const highest = Math.max(0, ...rates.map(({ value }) => value));
  return (
    <Panel title="Outbound, last hour" aside={newest && `most ${formatRate(highest)}`}>
      <ErrorNote failure={failure} retry={refresh} />
      {isLoading && <Loading lines={3} />}
      {data && rates.length === 0 && <Empty>Nothing was counted yet.</Empty>}
      {newest && (
        <figure class="rate">
          <p class="rate-now">
            {formatRate(newest.value)} <span class="soft small">last whole minute</span>
          </p>
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={summary(rates, highest)}
          >
            <path class="rate-area" d={sparkArea(rates, WIDTH, HEIGHT)} />
            <path class="rate-line" d={sparkLine(rates, WIDTH, HEIGHT)} />
          </svg>
          <figcaption class="rate-axis faint small" aria-hidden="true">
            <span>{formatClock(rates[0]?.atMs ?? 0).slice(0, 5)}</span>
            <span>{formatClock(newest.atMs).slice(0, 5)}</span>
          </figcaption>
        </figure>
      )}
    </Panel>
  );
}

function summary(rates: readonly { value: number }[], highest: number): string {
  const sent = rates.reduce((sum, { value }) => sum + value * 60, 0);
  return `${formatBytes(sent)} were sent in ${rates.length} minutes, at most ${formatRate(highest)}`;
}
