/**
 * A kind of sink: its settings and how it is opened, in one file with it. To add one, write that file and name it in
 * `sinks.ts`.
 */
import type { Writable } from 'node:stream';
import type { z } from 'zod';
import type { Sender } from './grouping/report.ts';
import type { AlertSink } from './sink.ts';

/** What a sink may need from outside. */
export interface SinkContext {
  /** The absolute path of a file that the configuration names; relative ones are beside it. */
  readonly path: (name: string) => string;
  readonly stderr: Writable;
  /** Who writes to people, and where they answer. */
  readonly sender: Sender;
}

export interface SinkType<T extends string, S extends z.ZodObject> {
  readonly type: T;
  /** A strict object with `type`, `...COMMON` (sink-settings.ts) and what is its own. */
  readonly settings: S;
  /**
   * Reads secrets and checks what a schema cannot; nothing is connected to yet.
   * @throws AlertError PENSTOCK_ALERT_SINK_INVALID
   */
  open(name: string, settings: z.output<S>, context: SinkContext): AlertSink;
}

export function sinkType<T extends string, S extends z.ZodObject>(
  definition: SinkType<T, S>,
): SinkType<T, S> {
  return definition;
}
