/** Failures of the evidence room. */

export type EvidenceErrorCode =
  /** The bytes are no bundle of ours, or not any more. */
  | 'PENSTOCK_EVIDENCE_DAMAGED'
  /** A bundle would be, or is, larger than is taken. */
  | 'PENSTOCK_EVIDENCE_TOO_LARGE';

export class EvidenceError extends Error {
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EvidenceError';
    this.code = code;
  }
}

export function damaged(problem: string, options?: ErrorOptions): EvidenceError {
  return new EvidenceError('PENSTOCK_EVIDENCE_DAMAGED', problem, options);
}
