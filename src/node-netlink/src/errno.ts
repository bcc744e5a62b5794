/** Names of errno values, from the C library's own table as Node publishes it. */
import { constants } from 'node:os';

const names = new Map(
  // Two names can share a number (EWOULDBLOCK and EAGAIN); the first in the table, the older one, wins.
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** `ENOENT` for 2. An errno that Node does not name, such as the kernel's own ENOTSUPP 524, is `E524`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `E${errno}`;
}
