/** What doctor looks at. */
export interface Finding {
  readonly name: string;
  readonly outcome: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly next: string;
}

export function ok(name: string, found: string): Finding {
  return { name, outcome: 'ok', found, next: '' };
}

export function warn(name: string, found: string, next: string): Finding {
  return { name, outcome: 'warn', found, next };
}

export function fail(name: string, found: string, next: string): Finding {
  return { name, outcome: 'fail', found, next };
}
