/** What is wrong with a policy, where, and what would be right. */

export interface Place {
  /** Relative to the folder of the policy's entry file. */
  readonly file: string;
  /** From 1; a file that cannot be read at all is reported at 1:1. */
  readonly line: number;
  readonly column: number;
  /** For example `spec.rules[2].to.cidrs[0]`; empty where the trouble is not in a field. */
  readonly field: string;
}

export interface Problem extends Place {
  readonly message: string;
  readonly expected: string;
}

/** After this many a person needs no more; the count of the rest is kept. */
export const MAX_PROBLEMS = 100;

/** Collects problems up to {@link MAX_PROBLEMS}; what comes after is only counted. */
export class ProblemList {
  readonly #found: Problem[] = [];
  #left = 0;

  add(place: Place, message: string, expected: string): void {
    if (this.#found.length >= MAX_PROBLEMS) {
      this.#left++;
      return;
    }
    const { file, line, column, field } = place;
    this.#found.push({ file, line, column, field, message, expected });
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  /** More would only be counted. */
  get full(): boolean {
    return this.#found.length >= MAX_PROBLEMS;
  }

  /** In order of file and line; the last one says how many were left out. */
  list(): Problem[] {
    const sorted = this.#found.toSorted(
      (x, y) => (x.file < y.file ? -1 : x.file > y.file ? 1 : 0) || x.line - y.line || x.column - y.column,
    );
    const last = sorted.at(-1);
    if (last !== undefined && this.#left > 0) {
      sorted.push({
        ...last,
        field: '',
        message: `${this.#left} more problems`,
        expected: 'mend these first',
      });
    }
    return sorted;
  }
}

/** One line for a terminal: `office.yaml:12:9 spec.rules[0].from[0]: no host group 'wbe'; expected: 'web'`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, field, message, expected } = problem;
  return `${file}:${line}:${column}${field && ` ${field}`}: ${message}${expected && `; expected: ${expected}`}`;
}

/** `['spec', 'rules', 2, 'id']` as `spec.rules[2].id`. */
export function fieldName(path: readonly PropertyKey[]): string {
  let name = '';
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`;
    else name += name === '' ? String(step) : `.${String(step)}`;
  }
  return name;
}
