import { now } from '../clock.ts';
import { Badge } from '../part/badge.tsx';
import { formatCountdown } from '../part/format.ts';
import { Countdown, Time } from '../part/time.tsx';
import type { Decision } from '../words.ts';

/** What happens by itself, and when. */
export function Deadline({ decision }: { decision: Decision }) {
  const { state, answerByMs, expiresAtMs } = decision;
  if (answerByMs !== null && (state === 'pending' || state === 'provisional')) {
    return <Lapse untilMs={answerByMs} />;
  }
  if (state === 'active' && expiresAtMs !== null) {
    return (
      <span class="soft small">
        ends <Time ms={expiresAtMs} />
      </span>
    );
  }
  return null;
}

/** When it is too late to answer. */
export function Lapse({ untilMs }: { untilMs: number }) {
  const leftMs = untilMs - now.value;
  return (
    <Badge tone={leftMs < 60_000 ? 'critical' : 'medium'}>
      {leftMs > 0 ? (
        <>
          lapses in <Countdown untilMs={untilMs} />
        </>
      ) : (
        'lapses now'
      )}
    </Badge>
  );
}

/** How much of the time to answer is over, as a line that grows. */
export function HoldBar({ decision }: { decision: Decision }) {
  const { createdAtMs, answerByMs } = decision;
  if (answerByMs === null) return null;
  const whole = Math.max(1, answerByMs - createdAtMs);
  const gone = Math.min(1, Math.max(0, (now.value - createdAtMs) / whole));
  return (
    <div
      class="hold-bar"
      role="progressbar"
      aria-label="Time to answer"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(gone * 100)}
      aria-valuetext={`${formatCountdown(answerByMs - now.value)} left`}
    >
      <span style={{ width: `${(1 - gone) * 100}%` }} />
    </div>
  );
}
