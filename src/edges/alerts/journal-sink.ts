/** Alerts to standard error, one JSON line each: systemd puts them into the journal. */
import type { Writable } from 'node:stream';
import type { EcsEvent } from './ecs.ts';
import { AlertError } from './errors.ts';
import type { AlertSink } from './sink.ts';

export class JournalSink implements AlertSink {
  readonly name = 'journal';
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // A write that fails is told to its callback; without a listener the event would end the daemon as well.
    stream.on('error', () => {});
  }

  deliver(event: EcsEvent): Promise<void> {
    return new Promise((done, failed) => {
      this.#stream.write(`${JSON.stringify(event)}\n`, (cause) => {
        if (cause)
          failed(new AlertError('PENSTOCK_ALERT_UNDELIVERED', `journal: ${cause.message}`, { cause }));
        else done();
      });
    });
  }
}
