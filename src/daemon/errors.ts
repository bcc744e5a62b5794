/** Why the daemon cannot start or go on. `exitCode` is what the process ends with: 1 failed, 2 bad input, 3 not permitted. */
export class DaemonError extends Error {
  readonly code: DaemonErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: DaemonErrorCode, message: string, exitCode: 1 | 2 | 3, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DaemonError';
    this.code = code;
    this.exitCode = exitCode;
  }
}

export type DaemonErrorCode =
  | 'PENSTOCK_CONFIG_INVALID'
  | 'PENSTOCK_STATE_BUSY'
  | 'PENSTOCK_STATE_UNUSABLE'
  | 'PENSTOCK_NAMESPACE_BUSY'
  | 'PENSTOCK_NOT_PERMITTED'
  | 'PENSTOCK_POLICY_INVALID'
  | 'PENSTOCK_LISTEN_FAILED'
  | 'PENSTOCK_ENGINE_FAILED';
