/** Failures of learning. */
export type LearnErrorCode =
  /** No flow has an originator that could be ours. */
  | 'PENSTOCK_LEARN_NO_HOST'
  /** What was written is no valid policy, or fails its own tests: a fault of ours, never of the traffic. */
  | 'PENSTOCK_LEARN_REFUSED';

export class LearnError extends Error {
  readonly code: LearnErrorCode;

  constructor(code: LearnErrorCode, message: string) {
    super(message);
    this.name = 'LearnError';
    this.code = code;
  }

  static noHost(flows: number): LearnError {
    const what = flows === 0 ? 'there are no flows' : `none of ${flows} flows was opened by a host of ours`;
    return new LearnError('PENSTOCK_LEARN_NO_HOST', `nothing to learn: ${what}`);
  }

  static refused(problems: readonly string[]): LearnError {
    const first = problems.slice(0, 3).join('; ');
    return new LearnError('PENSTOCK_LEARN_REFUSED', `the proposal is no valid policy: ${first}`);
  }
}
