import type { Schema } from 'penstock-client';
import { useMemo, useState } from 'preact/hooks';
import { useQuery } from '../api.ts';
import { HOUR_MS } from '../chart/baseline.ts';
import { momentWords } from '../chart/time-axis.ts';
import { TimeChart } from '../chart/time-chart.tsx';
import { now } from '../clock.ts';
import { Loading } from '../part/empty.tsx';
import { ErrorNote } from '../part/error-note.tsx';
import { Select } from '../part/field.tsx';
import { formatBytes } from '../part/format.ts';
import { Panel } from '../part/panel.tsx';
import { type Outbound, outboundOf, RANGES, type Range, windowOf } from './host-facts.ts';

type Choice = Range['value'];

const MINUTE_MS = 60_000;

/** What it sent over time, with what was usual before. */
export function HostOutbound({ host: { host, firstSeenMs, mostUploaded } }: { host: Schema<'Host'> }) {
  const [choice, setChoice] = useState<Choice>('day');
  const range = RANGES.find(({ value }) => value === choice) ?? RANGES[1];
  const { fromMs, toMs, askFromMs } = windowOf(range, now.value);
  const { data, failure, refresh } = useQuery(
    `outbound ${host} ${choice}`,
    (client, signal) => {
      const query = { host, from: askFromMs, to: toMs - 1, step: range.step };
      return client.GET('/v1/history', { params: { query }, signal });
    },
    { everyMs: 10_000 },
  );
  const outbound = useMemo(
    () => data && outboundOf(data.points, range, { fromMs, toMs, watchedFromMs: firstSeenMs }),
    [data, choice, toMs, firstSeenMs],
  );
  const unit = range.step === 'minute' ? 'a minute' : 'an hour';
  const isHourly = range.step === 'hour';
  return (
    <Panel
      title="Sent out"
      aside={<Select label="Time" value={choice} options={RANGES} onChange={setChoice} />}
    >
      <ErrorNote failure={failure} retry={refresh} />
      {outbound === undefined && failure === undefined && <Loading lines={6} />}
      {outbound && (
        <TimeChart
          label={`Bytes sent ${unit}`}
          summary={summaryOf(outbound, range)}
          bandLabel={outbound.bandLabel}
          points={outbound.points}
          fromMs={fromMs}
          toMs={toMs}
          stepMs={isHourly ? HOUR_MS : MINUTE_MS}
          level={
            isHourly && mostUploaded.hour > 0
              ? {
                  label: 'Most uploaded in an hour of the last week, which the detector goes by',
                  value: mostUploaded.hour,
                }
              : undefined
          }
          format={formatBytes}
        />
      )}
    </Panel>
  );
}

function summaryOf({ total, highest, unusual }: Outbound, { words }: Range): string {
  if (total === 0) return `${words}: nothing was sent.`;
  const most = highest ? `, most at ${momentWords(highest.atMs)} with ${formatBytes(highest.bytes)}` : '';
  const more =
    unusual === 0 ? '' : ` ${unusual === 1 ? 'One hour was' : `${unusual} hours were`} more than usual.`;
  return `${words}: ${formatBytes(total)} in all${most}.${more}`;
}
