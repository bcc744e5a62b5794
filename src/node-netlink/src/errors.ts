/** Failures of this package. `code` is stable; kernel failures carry the errno name as `code`. */

/** What the kernel said about one of our requests (NLMSG_ERROR, or a failed system call). */
export interface NetlinkFailure {
  /** What was being done, for example `nf_tables new element` or `recvfrom`. */
  operation: string;
  /** Positive errno, for example 2. */
  errno: number;
  /** Name of the errno, for example `ENOENT`; `E<number>` when this machine has no name for it. */
  code: string;
  /** The kernel's own words (NLMSGERR_ATTR_MSG), when it gave any. */
  extack?: string;
  /** Byte in the request that the kernel objects to (NLMSGERR_ATTR_OFFS), counted from its nlmsghdr. */
  offset?: number;
  /** Sequence number of the request that failed; in a batch it tells which message. */
  sequence?: number;
}

/** A request that the kernel refused, or a system call that failed. */
export class NetlinkError extends Error implements NetlinkFailure {
  readonly code: string;
  readonly errno: number;
  readonly operation: string;
  readonly extack: string | undefined;
  readonly offset: number | undefined;
  readonly sequence: number | undefined;

  constructor(failure: NetlinkFailure) {
    super(`${failure.operation}: ${failure.code}${failure.extack ? `: ${failure.extack}` : ''}`);
    this.name = 'NetlinkError';
    this.code = failure.code;
    this.errno = failure.errno;
    this.operation = failure.operation;
    this.extack = failure.extack;
    this.offset = failure.offset;
    this.sequence = failure.sequence;
  }
}

/** The kernel did not answer in time. Whether the request took effect is not known. */
export class NetlinkTimeoutError extends Error {
  readonly code = 'NETLINK_TIMEOUT';
  readonly operation: string;

  constructor(operation: string, timeoutMs: number) {
    super(`${operation}: no answer within ${timeoutMs} ms`);
    this.name = 'NetlinkTimeoutError';
    this.operation = operation;
  }
}

/** A datagram was larger than the receive buffer, and its tail is lost. */
export class NetlinkTruncatedError extends Error {
  readonly code = 'NETLINK_TRUNCATED';
  readonly needed: number;

  constructor(needed: number, size: number) {
    super(`a datagram of ${needed} bytes does not fit the receive buffer of ${size} bytes`);
    this.name = 'NetlinkTruncatedError';
    this.needed = needed;
  }
}

/** Bytes that are no well-formed netlink message. `position` counts from the start of the datagram. */
export class NetlinkDecodeError extends Error {
  readonly code = 'NETLINK_DECODE';
  readonly position: number;

  constructor(problem: string, position: number) {
    super(`${problem} at byte ${position}`);
    this.name = 'NetlinkDecodeError';
    this.position = position;
  }
}

/** A message that cannot be written: an attribute over 65,535 bytes, or begin and end that do not pair. */
export class NetlinkEncodeError extends Error {
  readonly code = 'NETLINK_ENCODE';

  constructor(problem: string) {
    super(problem);
    this.name = 'NetlinkEncodeError';
  }
}
