/** Gives incidents their names; one for all books of one ledger. */
export class IncidentNumbers {
  #next: number;

  /** From 1. */
  constructor(next: number) {
    this.#next = next;
  }

  take(): string {
    return `I${this.#next++}`;
  }
}
