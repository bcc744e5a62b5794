/** Failures of the neighbour room. */
import { NetlinkError, NetlinkTimeoutError } from 'node-netlink';

/** A message that is no well-formed rtnetlink message. Nothing of it may be used. */
export class NeighbourDecodeError extends Error {
  readonly code = 'PENSTOCK_NEIGHBOUR_DECODE';

  constructor(problem: string, options?: ErrorOptions) {
    super(`malformed rtnetlink message: ${problem}`, options);
    this.name = 'NeighbourDecodeError';
  }
}

/** The kernel refused an rtnetlink request, or did not answer. `errno` is 0 when it did not. */
export class NeighbourKernelError extends Error {
  readonly code = 'PENSTOCK_NEIGHBOUR_KERNEL';
  readonly operation: string;
  readonly errno: number;

  constructor(cause: NetlinkError | NetlinkTimeoutError) {
    super(cause.message, { cause });
    this.name = 'NeighbourKernelError';
    this.operation = cause.operation;
    this.errno = cause instanceof NetlinkError ? cause.errno : 0;
  }
}

/** What a netlink call threw, as an error of this room. */
export function neighbourError(thrown: unknown): unknown {
  const isKernels = thrown instanceof NetlinkError || thrown instanceof NetlinkTimeoutError;
  return isKernels ? new NeighbourKernelError(thrown) : thrown;
}
