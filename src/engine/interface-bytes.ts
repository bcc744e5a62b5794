/** What passed the interfaces (proc_pid_net(5)), of the network namespace that the thread is in. */
import { readFileSync } from 'node:fs';

const FILE = '/proc/thread-self/net/dev';
/** After the name: 8 numbers of what was received, then of what was sent; bytes are the first of each. */
const RECEIVED = 0;
const SENT = 8;

/** Bytes received and sent by all interfaces since they are there; what passes through is counted twice. */
export function interfaceBytes(file = FILE): number {
  let sum = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    // Two lines of headings have no colon.
    const numbers = line
      .slice(line.lastIndexOf(':') + 1)
      .trim()
      .split(/\s+/);
    if (line.includes(':')) sum += Number(numbers[RECEIVED]) + Number(numbers[SENT]);
  }
  return sum;
}
