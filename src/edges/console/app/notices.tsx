/** What holds for every page and must not be missed: shown above all of them. */
import { Link, useLocation } from 'wouter-preact';
import { now } from './clock.ts';
import { connection, lostSinceMs } from './live.ts';
import { formatClock } from './part/format.ts';
import { Countdown } from './part/time.tsx';
import { status } from './status.ts';

/** A short gap heals by itself before somebody has read of it. */
const SHORT_MS = 3_000;
/** Pages that show a trial with its buttons. */
const TELL_THEMSELVES = /^\/(policy|revisions)$/;

export function Notices() {
  return (
    <div class="notices">
      <Stale />
      <Trial />
    </div>
  );
}

function Stale() {
  if (connection.value !== 'lost' || now.value - lostSinceMs.value < SHORT_MS) return null;
  return (
    <p class="notice tone-critical" role="alert">
      <strong>No connection to the daemon.</strong> What is shown is from {formatClock(lostSinceMs.value)}; it
      is tried again and again.
    </p>
  );
}

function Trial() {
  const [location] = useLocation();
  const trial = status.value?.trial;
  if (!trial || TELL_THEMSELVES.test(location)) return null;
  const { revision, policyName, restoreTo, confirmByMs } = trial;
  return (
    <p class="notice tone-medium in-text">
      <strong>
        Revision {revision} ({policyName}) is on trial:
      </strong>{' '}
      revision {restoreTo} stands again in <Countdown untilMs={confirmByMs} /> unless somebody{' '}
      <Link href="/revisions">confirms it</Link>.
    </p>
  );
}
