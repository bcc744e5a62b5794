/** Policies on disk, with what they include. The loader comes in only for the commands that need it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from '../../policy/loader.ts';
import type { Policy } from '../../policy/policy.ts';
import { formatProblem, type Problem } from '../../policy/problem.ts';
import { CommandError } from './errors.ts';
import { plain } from './plain-text.ts';

/** The policy that allows everything and has all detectors on. */
export const OBSERVE = fileURLToPath(new URL('../../../policies/observe.yaml', import.meta.url));

/** `policies/office.yaml:12:9 spec.rules[0].from[0]: no host group 'wbe'; expected: 'web'`, safe for a terminal. */
export function problemLine(problem: Problem): string {
  return plain(formatProblem(problem));
}

/** As the loader does; names of files are made relative to where the person is. */
export async function readPolicy(file: string): Promise<LoadResult> {
  const { loadPolicyFile } = await import('../../policy/loader.ts');
  const result = loadPolicyFile(file);
  if (result.ok) return { ...result, warnings: result.warnings.map((each) => besides(file, each)) };
  return { ok: false, problems: result.problems.map((each) => besides(file, each)) };
}

/** The loader names files from the policy's folder on, but a file that is not there as it was given. */
export function besides<T extends { readonly file: string }>(file: string, place: T): T {
  return place.file === file ? place : { ...place, file: join(dirname(file), place.file) };
}

/** @throws CommandError that names every problem, exit 2 */
export async function loadPolicy(file: string): Promise<Policy> {
  const result = await readPolicy(file);
  if (result.ok) return result.policy;
  throw new CommandError('invalid-policy', 2, `${file} is not a valid policy; nothing was changed`, {
    details: result.problems.map(formatProblem),
  });
}

/** As the API takes it. */
export function sourcesBody({ sources: { entry, files } }: Policy) {
  return { entry, files: Object.fromEntries(files.map(({ name, text }) => [name, text])) };
}
