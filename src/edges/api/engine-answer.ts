import type { CommandName, EngineControl, Params, Result } from '../../engine/commands.ts';
import { refusalError } from './problem-document.ts';

/** Ask the engine. `closed`: the client has gone. @throws RequestError that tells its refusal; the reason of `closed` */
export async function askEngine<N extends CommandName>(
  engine: EngineControl,
  name: N,
  params: Params<N>,
  closed?: AbortSignal,
): Promise<Result<N>> {
  const outcome = await engine.call(name, params, closed);
  if (!outcome.ok) throw refusalError(outcome.refusal);
  return outcome.result;
}
