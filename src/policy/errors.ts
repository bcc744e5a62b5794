/** Text of a policy field that means nothing. `problem` completes "'...' is", `expected` says what would be right. */
export class PolicyTextError extends Error {
  readonly code = 'PENSTOCK_POLICY_TEXT_INVALID';
  readonly problem: string;
  readonly expected: string;

  constructor(text: string, problem: string, expected: string) {
    super(`'${text.slice(0, 64)}' is ${problem}; expected: ${expected}`);
    this.name = 'PolicyTextError';
    this.problem = problem;
    this.expected = expected;
  }
}
