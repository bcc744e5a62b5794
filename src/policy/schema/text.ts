/** Fields that are text with a meaning: checked and turned into numbers in one step. */
import * as z from 'zod';
import { AddressError } from '../../address/errors.ts';
import { PolicyTextError } from '../errors.ts';

interface TextField<T> {
  /** Throws {@link PolicyTextError} or AddressError. */
  readonly parse: (text: string) => T;
  readonly description: string;
  readonly examples: readonly string[];
}

/** A string that `parse` turns into a value; its error becomes the field's problem. */
export function textField<T>({ parse, description, examples }: TextField<T>) {
  return z
    .string({ error: (issue) => mustBeText(issue.input, examples) })
    .max(MAX_TEXT)
    .meta({ description, examples: [...examples] })
    .transform((text, context) => parseOrIssue(text, parse, context));
}

/** A problem and what would be right, as one message; the loader takes it apart again. */
export function refusal(problem: string, expected: string): string {
  return `${problem}; expected: ${expected}`;
}

/** Longest text of one field. */
export const MAX_TEXT = 1024;

function mustBeText(input: unknown, examples: readonly string[]): string {
  return refusal(`is ${describeType(input)}`, `text like '${examples[0]}'`);
}

export function describeType(input: unknown): string {
  if (input === undefined) return 'left out';
  if (input === null) return 'empty';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  return `the ${typeof input} ${String(input).slice(0, 64)}`;
}

export function parseOrIssue<T>(text: string, parse: (text: string) => T, context: z.core.$RefinementCtx): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof PolicyTextError || error instanceof AddressError)) throw error;
    const message = refusal(`'${text.slice(0, 64)}' is ${error.problem}`, error.expected);
    context.addIssue({ code: 'custom', message, continue: false });
    return z.NEVER;
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What groups, sets, services, schedules, rules and lists are called. */
export const nameField = z
  .string()
  .regex(NAME, {
    error: refusal('is no name', '1-63 letters, digits, - _ or ., a letter or digit first'),
  })
  .meta({ description: 'Name: 1-63 letters, digits, -, _ or .' });

/** Free text for people: one line, no control characters. */
export const proseField = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .regex(/^\P{Cc}*$/u, { error: 'holds control characters' });
