/** Failures of this package. */
import { errnoName, NetlinkError } from 'node-netlink';

/**
 * `code` of a refusal is the errno name (`ENOENT`, `EEXIST`, ...) or, when there is no errno, one of
 * - `NFTABLES_REJECTED`: nft does not understand or allow the command
 * - `NFTABLES_UNSUPPORTED`: this version of nft would silently ignore a part of the command
 * - `NFTABLES_UNREADABLE`: an answer is not what libnftables-json(5) or nf_tables.h says
 * - `NFTABLES_LIBRARY`: libnftables.so.1 is missing or out of memory
 * - `NFTABLES_INVALID`: a value that cannot be written, such as an address that is none
 */
export type NftablesCode =
  | 'NFTABLES_REJECTED'
  | 'NFTABLES_UNSUPPORTED'
  | 'NFTABLES_UNREADABLE'
  | 'NFTABLES_LIBRARY'
  | 'NFTABLES_INVALID';

export interface NftablesFailure {
  /** What was being done, for example `run` or `add elements`. */
  readonly operation: string;
  readonly problem: string;
  /** Positive errno of the kernel, when there is one. */
  readonly errno?: number;
  /** Needed when there is no errno. */
  readonly code?: NftablesCode;
  /** Which command of a transaction, or which element of a batch, counted from 0; when it is known. */
  readonly index?: number;
  /** Everything that nft printed. */
  readonly output?: string;
  readonly cause?: unknown;
}

export class NftablesError extends Error {
  readonly code: string;
  readonly operation: string;
  readonly errno: number | undefined;
  readonly index: number | undefined;
  readonly output: string | undefined;

  constructor({ operation, problem, errno, code, index, output, cause }: NftablesFailure) {
    super(`${operation}: ${problem}`, cause === undefined ? undefined : { cause });
    this.name = 'NftablesError';
    this.code = errno === undefined ? (code ?? 'NFTABLES_REJECTED') : errnoName(errno);
    this.operation = operation;
    this.errno = errno;
    this.index = index;
    this.output = output;
  }
}

const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
const EACCES = 13;
export const EBUSY = 16;
export const EEXIST = 17;
const ENFILE = 23;
const EMSGSIZE = 90;
export const ERESTART = 85;
const ENOBUFS = 105;

function hasErrno(error: unknown, ...numbers: number[]): boolean {
  if (!(error instanceof NftablesError) && !(error instanceof NetlinkError)) return false;
  return error.errno !== undefined && numbers.includes(error.errno);
}

/** A table, chain, set, element or rule that the command needs is not there. */
export function isNotFound(error: unknown): boolean {
  return hasErrno(error, ENOENT);
}

/** It is there already, with `create` or with another definition; or an interval overlaps one that is there. */
export function isAlreadyExists(error: unknown): boolean {
  return hasErrno(error, EEXIST);
}

/** Something still refers to it. */
export function isBusy(error: unknown): boolean {
  return hasErrno(error, EBUSY);
}

/** No CAP_NET_ADMIN, or the table has another owner. */
export function isPermission(error: unknown): boolean {
  return hasErrno(error, EPERM, EACCES);
}

/** A read was disturbed by a change: read again. */
export function isInterrupted(error: unknown): boolean {
  return hasErrno(error, EINTR);
}

/** The ruleset changed since the generation that a batch was made for; nothing was done. */
export function isGenerationChanged(error: unknown): boolean {
  return hasErrno(error, ERESTART);
}

/** The set has as many elements as its `size` allows. */
export function isSetFull(error: unknown): boolean {
  return hasErrno(error, ENFILE);
}

/** The batch does not fit the socket's send buffer. */
export function isTooLarge(error: unknown): boolean {
  return hasErrno(error, EMSGSIZE);
}

/** The socket's queue was full: of what the kernel told some is lost. Whether a request was carried out is not known. */
export function isOverrun(error: unknown): boolean {
  return hasErrno(error, ENOBUFS);
}
