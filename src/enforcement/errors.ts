import { NftablesError } from 'node-nftables';

/** The kernel refused or could not be asked. The change it was about did not happen. */
export class EnforcementError extends Error {
  readonly code = 'PENSTOCK_ENFORCEMENT_FAILED';
  readonly operation: string;
  /** As in errno(3); 0 when the failure did not come from the kernel. */
  readonly errno: number;

  constructor(operation: string, cause: unknown) {
    super(`${operation}: ${(cause as Error).message}`, { cause });
    this.name = 'EnforcementError';
    this.operation = operation;
    this.errno = cause instanceof NftablesError ? (cause.errno ?? 0) : 0;
  }
}
