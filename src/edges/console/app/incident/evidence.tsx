import { formatMany, formatService, formatShare, formatWords } from '../part/format.ts';
import { Time } from '../part/time.tsx';
import type { Incident } from '../words.ts';

/** What each detector said, the strongest first: how sure it is, what happened against what is normal. */
export function Evidence({ incident }: { incident: Incident }) {
  const { evidence } = incident;
  return (
    <ol class="evidence">
      {evidence.map((one) => (
        <li key={`${one.detector} ${one.destination} ${one.service?.protocol} ${one.service?.port}`}>
          <div class="evidence-head">
            <strong>{formatWords(one.detector)}</strong>
            <Meter share={one.confidence} />
            <span class="soft small">
              {one.destination ?? 'the host as a whole'}
              {one.service === null ? '' : ` ${formatService(one.service)}`}
              {' · '}
              {formatMany(one.count, 'time')}, last <Time ms={one.lastSeenMs} />
            </span>
          </div>
          <p>{one.happened}</p>
          <p class="soft">{one.normal}</p>
        </li>
      ))}
    </ol>
  );
}

/** `93 % sure`, with a bar. */
export function Meter({ share }: { share: number }) {
  return (
    <span class="meter">
      <span class="meter-track" aria-hidden="true">
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
      <span class="number small">{formatShare(share)} sure</span>
    </span>
  );
}
