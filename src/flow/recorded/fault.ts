/** Where a reader stands, and how it says that what stands there is wrong. */
import { RecordingError, type RecordingPlace } from '../errors.ts';
import { shownValue } from './shown-value.ts';

/** The line in hand; moves on as the file is read. */
export type MutablePlace = { -readonly [K in keyof RecordingPlace]: RecordingPlace[K] };

export function invalid(
  place: RecordingPlace,
  problem: string,
  expected: string,
  options?: ErrorOptions,
): RecordingError {
  return new RecordingError('PENSTOCK_RECORDING_INVALID', place, problem, expected, options);
}

/** `name` is the field as the file calls it. */
export function invalidField(
  place: RecordingPlace,
  name: string,
  value: unknown,
  expected: string,
): RecordingError {
  return invalid(place, `${name} is ${shownValue(value)}`, expected);
}
