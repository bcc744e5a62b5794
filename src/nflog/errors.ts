/** Failures of the nflog room. */
import { NetlinkError, NetlinkTimeoutError } from 'node-netlink';

/** Bytes that are no well-formed nfnetlink_log message. What they say must not be used. */
export class NflogDecodeError extends Error {
  readonly code = 'PENSTOCK_NFLOG_DECODE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`malformed nflog message: ${problem}`, options);
    this.name = 'NflogDecodeError';
  }
}

/** The kernel refused; EPERM also when another socket reads this group. */
export class NflogKernelError extends Error {
  readonly code = 'PENSTOCK_NFLOG_KERNEL';
  readonly operation: string;
  readonly errno: number;

  constructor(operation: string, errno: number, cause: Error) {
    super(cause.message, { cause });
    this.name = 'NflogKernelError';
    this.operation = operation;
    this.errno = errno;
  }
}

/** What a netlink call threw, as an error of this room. */
export function nflogError(thrown: unknown): unknown {
  if (thrown instanceof NetlinkError) return new NflogKernelError(thrown.operation, thrown.errno, thrown);
  if (thrown instanceof NetlinkTimeoutError) return new NflogKernelError(thrown.operation, 0, thrown);
  return thrown;
}
