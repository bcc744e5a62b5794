/** How many connections the kernel keeps (Documentation/networking/nf_conntrack-sysctl.rst), for all namespaces. */
import { readFileSync } from 'node:fs';

const FILE = '/proc/sys/net/netfilter/nf_conntrack_max';
/** The kernel's own choice on a machine of more than 4 GiB. */
const USUAL = 262_144;

/** What is in force now; somebody may change it at any time. The usual when the kernel does not say. */
export function conntrackLimit(file = FILE): number {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || USUAL;
  } catch {
    return USUAL;
  }
}
