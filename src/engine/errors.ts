export type EngineErrorCode =
  /** The engine thread could not start; the cause says why. */
  | 'PENSTOCK_ENGINE_START'
  /** The engine thread has ended while it was needed. */
  | 'PENSTOCK_ENGINE_GONE';

export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}
