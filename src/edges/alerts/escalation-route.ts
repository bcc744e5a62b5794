/** An escalation goes to the sinks that it names, whatever else they want; of the others, to those that are no people's. */
import type { Dispatch } from './dispatch.ts';
import { isForPeople } from './grouping/message-sink.ts';
import type { AlertSink, Subscription } from './sink.ts';

export function routed(subscription: Subscription): Subscription {
  const { sink, wants = () => true } = subscription;
  return { ...subscription, wants: (dispatch) => goesTo(sink, dispatch) ?? wants(dispatch) };
}

/** undefined: it is no escalation, or one that the sink gets like anything else. */
function goesTo(sink: AlertSink, { entry }: Dispatch): boolean | undefined {
  if (entry?.type !== 'alert.escalated') return undefined;
  if (entry.body.sinks.includes(sink.name)) return true;
  return isForPeople(sink) ? false : undefined;
}
