/**
 * Alerts to the journal: as one JSON line each on standard error, which systemd takes there, or by the journal's own
 * protocol with a field for each fact (`journalctl PENSTOCK_HOST=10.1.0.10`).
 */
import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { Dispatch } from '../dispatch.ts';
import { undelivered } from '../errors.ts';
import { asLine } from '../format/format.ts';
import type { AlertSink } from '../sink.ts';
import { COMMON } from '../sink-settings.ts';
import { sinkType } from '../sink-type.ts';
import { NativeJournal } from './native-journal.ts';

const settings = z.strictObject({
  type: z.literal('journal'),
  ...COMMON,
  protocol: z.enum(['stderr', 'native']).default('stderr'),
});

export const journalSinks = sinkType({
  type: 'journal',
  settings,
  open: (name, { protocol }, { stderr }) =>
    protocol === 'native' ? new NativeJournalSink(name, new NativeJournal()) : new JournalSink(name, stderr),
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
      this.#stream.write(`${asLine('ecs', dispatch)}\n`, (cause) => {
        if (cause) failed(undelivered(`journal: ${cause.message}`, { cause }));
        else done();
      });
    });
  }
}

export class NativeJournalSink implements AlertSink {
  readonly name: string;
  readonly type = 'journal';
  readonly #journal: NativeJournal;

  constructor(name: string, journal: NativeJournal) {
    this.name = name;
    this.#journal = journal;
  }

  async deliver([dispatch]: readonly Dispatch[]): Promise<void> {
    this.#journal.write(dispatch);
  }
}
