/** Which boot of the machine this is: what tells a restart of the daemon from one of the machine (random(4)). */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';

/** @returns null when it cannot be read; then nothing can be applied to be confirmed */
export function readBootId(path: string, log: Logger): string | null {
  try {
    const id = readFileSync(path, 'utf8').trim();
    if (/^[\x21-\x7e]{1,64}$/.test(id)) return id;
    log.warn(`${path} holds no boot id; a reboot is not noticed, so apply --confirm-within is refused`);
  } catch (error) {
    log.warn(
      { err: error },
      `${path} cannot be read; a reboot is not noticed, so apply --confirm-within is refused`,
    );
  }
  return null;
}
