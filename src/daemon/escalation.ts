/** The watch over questions that nobody answers, as the configuration asks for it. */
import type { Logger } from 'pino';
import { EscalationWatch } from '../edges/alerts/escalation-watch.ts';
import type { AlertSettings } from '../edges/alerts/sinks.ts';
import type { EngineClient } from '../engine/client.ts';
import type { LedgerReader } from '../ledger/reader.ts';

/** @returns undefined when nobody is to be told */
export function startEscalation(
  { escalation = [] }: AlertSettings,
  engine: EngineClient,
  ledger: LedgerReader,
  log: Logger,
): EscalationWatch | undefined {
  if (escalation.length === 0) return undefined;
  return new EscalationWatch({
    steps: escalation,
    ledger,
    record: (entries) => engine.call('record', { entries }),
    onError: (error) => log.error({ err: error }, `escalation: ${error.message}`),
  });
}
