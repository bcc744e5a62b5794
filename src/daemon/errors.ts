import type { FeedFailure } from '../policy/feed/failure.ts';

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

/** A setting that is wrong, with its name and what would be right. */
export function invalidConfiguration(message: string, cause?: unknown): DaemonError {
  return new DaemonError('PENSTOCK_CONFIG_INVALID', message, 2, { cause });
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

/** A feed that could not be fetched. */
export class FetchError extends Error {
  readonly code = 'PENSTOCK_FEED_FETCH';
  readonly failure: FeedFailure;
  /** May be over in a moment. */
  readonly isTransient: boolean;

  constructor(code: FeedFailure['code'], message: string, isTransient: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FetchError';
    this.failure = { code, message };
    this.isTransient = isTransient;
  }
}
