/** Server-sent events (HTML Living Standard, section 9.2), as far as `/v1/events` uses them: one data line an event. */
import { CommandError } from './errors.ts';
import type { EntryView } from './wire.ts';

/** Longer than any entry that the daemon tells. */
const MAX_PENDING = 4 * 2 ** 20;

export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<EntryView> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    if (pending.length > MAX_PENDING) throw new CommandError('bad-answer', 1, 'an event does not end');
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as EntryView;
    }
  }
}
