import type { Schema } from 'penstock-client';
import { useEffect, useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { now } from '../clock.ts';
import { Empty, Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { formatBytes, formatClock, formatRate } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { keptWith, liveRate, type Seen } from './live-rate.ts';
import { sparkArea, sparkLine } from './spark.ts';

type Point = Schema<'HistoryPoint'>;

const MINUTE_MS = 60_000;
const SHOWN = 60;
const EVERY_MS = 5_000;
const WIDTH = 600;
const HEIGHT = 96;

/** What all hosts of ours send out: at this moment, and minute by minute of the last hour. */
export function OutboundRate() {
  const { data, failure, isLoading, refresh } = useQuery(
    'rate',
    (client, signal) => {
      const toMs = now.peek();
      const query = { from: toMs - SHOWN * MINUTE_MS, to: toMs, step: 'minute' } as const;
      return client.GET('/v1/history', { params: { query }, signal });
    },
    { everyMs: EVERY_MS },
  );
  const points = data?.points ?? [];
  // The running minute is not whole: its rate would be told too low.
  const rates = points.slice(0, -1).map(({ atMs, bytesOut }) => ({ atMs, value: bytesOut / 60 }));
  const highest = Math.max(0, ...rates.map(({ value }) => value));
  return (
    <Panel title="Outbound, last hour" aside={rates.length > 0 && `most ${formatRate(highest)}`}>
      {failure?.status === 503 ? (
        <Empty>{failure.detail}</Empty>
      ) : (
        <ErrorNote failure={failure} retry={refresh} />
      )}
      {isLoading && <Loading lines={3} />}
      {data && rates.length === 0 && <Empty>Nothing was counted yet.</Empty>}
      {rates.length > 0 && (
        <figure class="rate">
          <Now points={points} />
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
            <span>{minuteOf(rates[0])}</span>
            <span>{minuteOf(rates.at(-1))}</span>
          </figcaption>
        </figure>
      )}
    </Panel>
  );
}

/** Each answer is compared with one of some seconds before. */
function Now({ points }: { points: readonly Point[] }) {
  const [kept, setKept] = useState<readonly Seen[]>([]);
  useEffect(() => setKept((before) => keptWith(before, { atMs: performance.now(), points })), [points]);
  const rate = liveRate(kept);
  return (
    <p class="rate-now">
      {rate === undefined ? '–' : formatRate(rate)} <span class="soft small">now</span>
    </p>
  );
}

function summary(rates: readonly { value: number }[], highest: number): string {
  const sent = rates.reduce((sum, { value }) => sum + value * 60, 0);
  return `${formatBytes(sent)} were sent in ${rates.length} minutes, at most ${formatRate(highest)}`;
}

function minuteOf(point: { readonly atMs: number } | undefined): string {
  return point === undefined ? '' : formatClock(point.atMs).slice(0, 5);
}
