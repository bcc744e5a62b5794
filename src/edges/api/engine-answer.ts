import type { CommandName, EngineControl, Params, Result } from '../../engine/commands.ts';
import { refusalError } from './problem-document.ts';

/** Ask the engine. @throws RequestError that tells its refusal */
export async function askEngine<N extends CommandName>(
  engine: EngineControl,
  name: N,
  params: Params<N>,
): Promise<Result<N>> {
  const outcome = await engine.call(name, params);
  if (!outcome.ok) throw refusalError(outcome.refusal);
  return outcome.result;
}
