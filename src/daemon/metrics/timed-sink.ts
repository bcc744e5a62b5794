/** A sink of alerts whose attempts are timed on their way. */
import { Histogram, type Registry } from 'prom-client';
import { isForPeople, type MessageSink } from '../../edges/alerts/grouping/message-sink.ts';
import type { AlertSink, Subscription } from '../../edges/alerts/sink.ts';

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60];

type Observe = (labels: { sink: string; outcome: 'taken' | 'failed' }, seconds: number) => void;

/** The same subscriptions; what their attempts take is in the registry. */
export function timedSubscriptions(
  subscriptions: readonly Subscription[],
  registry: Registry,
): Subscription[] {
  const attempts = new Histogram({
    name: 'penstock_alerts_attempt_seconds',
    help: 'How long an attempt to deliver alerts took',
    labelNames: ['sink', 'outcome'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return subscriptions.map((subscription) => ({
    ...subscription,
    sink: timed(subscription.sink, (labels, seconds) => attempts.observe(labels, seconds)),
  }));
}

function timed(sink: AlertSink, observe: Observe): AlertSink {
  const { name, type, batch, settleMs } = sink;
  const time = async (attempt: () => Promise<void>) => {
    const startedAt = performance.now();
    let outcome: 'taken' | 'failed' = 'failed';
    try {
      await attempt();
      outcome = 'taken';
    } finally {
      observe({ sink: name, outcome }, (performance.now() - startedAt) / 1_000);
    }
  };
  const timedSink: AlertSink = {
    ...{ name, type },
    ...(batch !== undefined && { batch }),
    ...(settleMs !== undefined && { settleMs }),
    deliver: (dispatches, signal) => time(() => sink.deliver(dispatches, signal)),
    ...(sink.attach && { attach: (ledger) => sink.attach?.(ledger) }),
    ...(sink.watch && { watch: (lost) => sink.watch?.(lost) }),
    ...(sink.reopen && { reopen: () => sink.reopen?.() }),
    ...(sink.close && { close: async () => (await sink.close?.()) ?? true }),
  };
  return isForPeople(sink) ? timedForPeople(sink, timedSink, time) : timedSink;
}

/** Its alerts go out in groups. */
function timedForPeople(
  sink: MessageSink,
  timedSink: AlertSink,
  time: (attempt: () => Promise<void>) => Promise<void>,
): MessageSink {
  const { grouping } = sink;
  return { ...timedSink, grouping, send: (message, signal) => time(() => sink.send(message, signal)) };
}
