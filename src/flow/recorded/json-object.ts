/** One line of JSON that must be an object. */
import type { RecordingPlace } from '../errors.ts';
import { invalid } from './fault.ts';
import { shownText } from './shown-value.ts';

export function parseObject(line: string, place: RecordingPlace): Record<string, unknown> {
  const value = parse(line, place);
  if (isObject(value)) return value;
  throw invalid(place, `'${shownText(line)}' is no JSON object`, 'one object a line');
}

function parse(line: string, place: RecordingPlace): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalid(place, `'${shownText(line)}' is no JSON`, 'one whole JSON object a line', { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
