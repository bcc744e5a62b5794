/** What a guardrail needs to know is not known. It never leaves the room: it becomes a veto. */
export class UnknownInputError extends Error {
  readonly code = 'PENSTOCK_GUARDRAIL_INPUT_UNKNOWN';

  constructor(message: string) {
    super(message);
    this.name = 'UnknownInputError';
  }
}
