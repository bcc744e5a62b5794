import { ENOENT, NftablesError } from '../errors.ts';

/** The kernel's answer, as both drivers give it. */
export function refusal(operation: string, errno: number, what: string, index?: number): NftablesError {
  const problem = `${what} (fake errno ${errno})`;
  return new NftablesError({ operation, errno, problem, ...(index !== undefined && { index }) });
}

export function found<T>(value: T | undefined, operation: string, what: string): T {
  if (value === undefined) throw refusal(operation, ENOENT, `no ${what}`);
  return value;
}
