/** How many connections the kernel keeps (Documentation/networking/nf_conntrack-sysctl.rst). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = '/proc/sys/net/netfilter';
/** The kernel's own choice on a machine of more than 4 GiB. */
const USUAL_LIMIT = 262_144;

/** At most, in all namespaces, as it is set now. The usual when the kernel does not say. */
export function conntrackLimit(directory = DIRECTORY): number {
  return number(join(directory, 'nf_conntrack_max')) || USUAL_LIMIT;
}

/** Now, in the calling thread's network namespace; 0 when the kernel does not say. */
export function conntrackCount(directory = DIRECTORY): number {
  return number(join(directory, 'nf_conntrack_count'));
}

function number(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}
