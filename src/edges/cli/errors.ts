/** What a process ends with: 0 done, 1 failed, 2 bad input, 3 not permitted. */
export type ExitCode = 1 | 2 | 3;

/** A command that did not do what was asked. `message` says what and what to do next. */
export class CommandError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  /** One line each, shown after the message. */
  readonly details: readonly string[];

  constructor(
    code: string,
    exitCode: ExitCode,
    message: string,
    options: ErrorOptions & { details?: readonly string[] } = {},
  ) {
    super(message, options);
    this.name = 'CommandError';
    this.code = code;
    this.exitCode = exitCode;
    this.details = options.details ?? [];
  }
}
