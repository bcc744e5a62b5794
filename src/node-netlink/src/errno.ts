/** Names of errno values, from the C library's own table as Node publishes it. */
import { constants } from 'node:os';

/** Second names of EAGAIN and EOPNOTSUPP on Linux. */
const aliases = new Set(['EWOULDBLOCK', 'ENOTSUP']);

const names = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => !aliases.has(name))
    .map(([name, number]) => [number, name]),
);

/** `ENOENT` for 2. An errno that Node does not name, such as the kernel's own ENOTSUPP 524, is `E524`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `E${errno}`;
}
