/** The engine, asked once a scrape however many families want to know. */
import type { CommandName, EngineControl, EngineStatus, Result } from '../../engine/commands.ts';
import type { EngineMeasures } from '../../engine/measure/measures.ts';

/** Families of one scrape share one answer. */
const SHARED_MS = 200;

export interface EngineSource {
  /** undefined: the engine does not answer. */
  status(): Promise<EngineStatus | undefined>;
  measures(): Promise<EngineMeasures | undefined>;
}

export function engineSource(engine: EngineControl): EngineSource {
  return { status: shared(engine, 'status'), measures: shared(engine, 'measures') };
}

function shared<N extends 'status' | 'measures'>(
  engine: EngineControl,
  name: N & CommandName,
): () => Promise<Result<N> | undefined> {
  let asked: Promise<Result<N> | undefined> | undefined;
  return () => {
    if (asked === undefined) {
      asked = engine.call<N>(name, {}).then(
        (outcome) => (outcome.ok ? outcome.result : undefined),
        () => undefined,
      );
      setTimeout(() => {
        asked = undefined;
      }, SHARED_MS).unref();
    }
    return asked;
  };
}
