import { RecordingError } from '../../flow/errors.ts';
import { CommandError } from './errors.ts';

/** What is wrong with recorded flows is bad input. @throws CommandError that names the file and the line */
export async function recorded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RecordingError)
      throw new CommandError('bad-recording', 2, error.message, { cause: error });
    throw error;
  }
}
