/** Failures of the conntrack room. */
import { NetlinkError } from 'node-netlink';

/** A message that is no well-formed conntrack message. Nothing of the entry it was decoded into may be used. */
export class ConntrackDecodeError extends Error {
  readonly code = 'PENSTOCK_CONNTRACK_DECODE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`malformed conntrack message: ${problem}`, options);
    this.name = 'ConntrackDecodeError';
  }
}

/** The kernel refused a conntrack request. */
export class ConntrackKernelError extends Error {
  readonly code = 'PENSTOCK_CONNTRACK_KERNEL';
  readonly operation: string;
  readonly errno: number;

  constructor(cause: NetlinkError) {
    super(cause.message, { cause });
    this.name = 'ConntrackKernelError';
    this.operation = cause.operation;
    this.errno = cause.errno;
  }
}

/** Connection tracking cannot be made to say what Penstock needs. `expected` says what would be right. */
export class ConntrackPreparationError extends Error {
  readonly code = 'PENSTOCK_CONNTRACK_PREPARATION';
  readonly setting: string;

  constructor(setting: string, problem: string, expected: string, options?: ErrorOptions) {
    super(`${setting}: ${problem}; ${expected}`, options);
    this.name = 'ConntrackPreparationError';
    this.setting = setting;
  }
}

/** What a netlink call threw, as an error of this room. */
export function conntrackError(thrown: unknown): unknown {
  return thrown instanceof NetlinkError ? new ConntrackKernelError(thrown) : thrown;
}
