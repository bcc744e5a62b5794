/** Alerts to standard error, one JSON line each: systemd puts them into the journal. */
import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { Dispatch } from './dispatch.ts';
import { ecsEvent } from './ecs.ts';
import { undelivered } from './errors.ts';
import type { AlertSink } from './sink.ts';
import { COMMON } from './sink-settings.ts';
import { sinkType } from './sink-type.ts';

const settings = z.strictObject({ type: z.literal('journal'), ...COMMON });

export const journalSinks = sinkType({
  type: 'journal',
  settings,
  open: (name, _settings, { stderr }) => new JournalSink(name, stderr),
});

export class JournalSink implements AlertSink {
  readonly name: string;
  readonly type = 'journal';
  readonly #stream: Writable;

  constructor(name: string, stream: Writable) {
    this.name = name;
    this.#stream = stream;
    // A write that fails is told to its callback; without a listener the event would end the daemon as well.
    stream.on('error', () => {});
  }

  deliver([dispatch]: readonly Dispatch[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#stream.write(`${JSON.stringify(ecsEvent(dispatch))}\n`, (cause) => {
        if (cause) failed(undelivered(`journal: ${cause.message}`, { cause }));
        else done();
      });
    });
  }
}
