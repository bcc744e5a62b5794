/** What `deliver` of a sink for people sends: the alerts given, in no group and past every limit. */
import type { Dispatch } from '../dispatch.ts';
import { hold, holding, type Message, messageOf } from './message.ts';
import { noticeOf } from './notice.ts';

export function toldAtOnce(dispatches: readonly Dispatch[]): Message {
  const [first, ...others] = dispatches.map(noticeOf);
  const held = holding(first, 0);
  for (const notice of others) hold(held, notice, 0);
  return messageOf(held, 'group');
}
