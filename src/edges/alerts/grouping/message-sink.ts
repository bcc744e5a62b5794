import type { AlertSink } from '../sink.ts';
import type { GroupingSettings } from './grouping.ts';
import type { Message } from './message.ts';

/** A sink for people. Its alerts are told in groups; `deliver` tells what it gets at once (a test alert). */
export interface MessageSink extends AlertSink {
  readonly grouping: GroupingSettings;
  /**
   * One attempt. It ends, also when the peer hangs; `Message.id` tells a repeated one, which has the same content.
   * @throws AlertError PENSTOCK_ALERT_REFUSED when trying again is of no use; after any other error it is tried again
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

export function isForPeople(sink: AlertSink): sink is MessageSink {
  return 'grouping' in sink && 'send' in sink;
}
