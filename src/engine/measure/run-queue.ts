/** Who would run on this machine at this moment, if there were processors enough. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** proc_loadavg(5): `0.20 0.18 0.12 3/412 11206`, of which three can run now, whoever asks among them. */
const LOADAVG = '/proc/loadavg';

/** Whether somebody waits for a processor while this thread has one. Where nobody can tell, somebody does. */
export function isCrowded(read: () => string = readLoad, processors = availableParallelism()): boolean {
  try {
    const running = Number(/ (\d+)\/\d+ /.exec(read())?.[1]);
    return !(running <= processors);
  } catch {
    return true;
  }
}

function readLoad(): string {
  return readFileSync(LOADAVG, 'utf8');
}
