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

/** What the kernel counts for an event that waits (struct sk_buff, its data and what ends them). */
const EVENT_BYTES = 1280;
/** It doubles what it is asked for (socket(7), SO_RCVBUF). */
const DOUBLED = 2;
const LEAST_QUEUE = 16 << 20;
/** The usual limit fits. */
const MOST_QUEUE = 192 << 20;

/**
 * Receive buffer for events, in bytes: all connections may end at once, or be new while a thread that has just started
 * still compiles. They do end at once when a flood is over and a dump, our own walk too, meets what the kernel has not
 * removed yet: it ends all of that within one system call (ctnetlink_dump_table in net/netfilter/nf_conntrack_netlink.c).
 * The kernel's limit goes with the memory of the machine, which is taken only while events wait.
 */
export function eventQueueBytes(limit = conntrackLimit()): number {
  return Math.min(MOST_QUEUE, Math.max(LEAST_QUEUE, (limit * EVENT_BYTES) / DOUBLED));
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
