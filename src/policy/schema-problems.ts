/** zod's issues as problems with a place. */
import type * as z from 'zod';
import type { ProblemList } from './problem.ts';
import { describeType } from './schema/text.ts';
import { suggestion } from './suggestion.ts';
import type { Path, YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

export function addSchemaProblems(error: z.ZodError, source: YamlSource, problems: ProblemList): void {
  for (const issue of error.issues) addIssue(issue, source, problems);
}

function addIssue(issue: Issue, source: YamlSource, problems: ProblemList): void {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        problems.add(
          source.place([...path, key], true),
          `unknown field '${key.slice(0, 64)}'`,
          'a field of the format, or none',
        );
      }
      return;
    case 'invalid_key':
      for (const inner of issue.issues) addAt(source, path, true, inner, problems);
      return;
    default:
      addAt(source, path, false, issue, problems);
  }
}

function addAt(source: YamlSource, path: Path, key: boolean, issue: Issue, problems: ProblemList): void {
  const [message, expected] = wording(issue, valueAt(source.value, path));
  problems.add(source.place(path, key), message, expected);
}

/** Own messages carry both halves; zod's own are put into ours. */
function wording(issue: Issue, input: unknown): readonly [message: string, expected: string] {
  const cut = issue.message.lastIndexOf('; expected: ');
  if (cut >= 0) return [issue.message.slice(0, cut), issue.message.slice(cut + 12)];
  switch (issue.code) {
    case 'invalid_type':
      return [`is ${describeType(input)}`, TYPES[issue.expected] ?? issue.expected];
    case 'invalid_value': {
      const values = issue.values.map(String);
      const meant = typeof input === 'string' ? suggestion(input, values) : undefined;
      return [`is ${describeType(input)}`, meant ?? values.join(', ')];
    }
    case 'too_small':
      return ['is too small or empty', `at least ${issue.minimum}`];
    case 'too_big':
      return ['is too large', `at most ${issue.maximum}`];
    default:
      return [issue.message, ''];
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
};

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}
