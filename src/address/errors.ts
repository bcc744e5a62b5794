/** Text that is no address or prefix. `expected` says what would be right. */
export class AddressError extends Error {
  readonly code = 'PENSTOCK_ADDRESS_INVALID';
  readonly text: string;
  readonly problem: string;
  readonly expected: string;

  constructor(text: string, problem: string, expected: string) {
    super(`'${text.slice(0, 64)}' is ${problem}; expected: ${expected}`);
    this.name = 'AddressError';
    this.text = text;
    this.problem = problem;
    this.expected = expected;
  }
}
