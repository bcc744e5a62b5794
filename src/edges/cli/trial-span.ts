import { parseDuration } from '../../policy/quantity.ts';

const MOST_MS = 86_400_000;

/** `--confirm-within` as the API takes it: the text, once it is known to be good. @throws Error in words for a person */
export function trialSpan(text: string): string {
  if (parseDuration(text) > MOST_MS) throw new Error(`'${text}' is too long; expected: at most 24h`);
  return text;
}
