/**
 * What connection tracking must be told before it says what Penstock needs (Documentation/networking/
 * nf_conntrack-sysctl.rst), in the calling thread's network namespace. Flows that started before stay without
 * counters or start time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConntrackPreparationError } from './errors.ts';

const DIRECTORY = '/proc/sys/net/netfilter';

/** Each is set to 1. */
const SETTINGS = [
  // Count packets and bytes.
  'nf_conntrack_acct',
  // Keep start times, and from kernel 6.14 stamp events.
  'nf_conntrack_timestamp',
  // Have events for every flow. The default 2 gives none, ever, for a flow that started while nobody listened.
  'nf_conntrack_events',
];

export interface PreparedSetting {
  readonly name: string;
  /** What it was. */
  readonly before: string;
  readonly changed: boolean;
}

/**
 * Set what is needed, and read it back.
 * @throws ConntrackPreparationError
 */
export function prepareConntrack(directory = DIRECTORY): PreparedSetting[] {
  return SETTINGS.map((name) => {
    const path = join(directory, name);
    const before = read(name, path);
    if (before !== '1') write(name, path);
    return { name, before, changed: before !== '1' };
  });
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const expected = 'load the kernel module nf_conntrack, or take a kernel with this setting';
    throw new ConntrackPreparationError(name, 'not readable', expected, { cause });
  }
}

function write(name: string, path: string): void {
  const expected = 'set it to 1, which takes root in this network namespace';
  try {
    writeFileSync(path, '1\n', { flag: 'r+' });
  } catch (cause) {
    throw new ConntrackPreparationError(name, 'not writable', expected, { cause });
  }
  const after = read(name, path);
  if (after !== '1') throw new ConntrackPreparationError(name, `still ${after} after writing 1`, expected);
}
