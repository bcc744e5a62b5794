/** Connection tracking in this network namespace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, fail, ok, warn } from './finding.ts';

const DIRECTORY = '/proc/sys/net/netfilter';
const SETTINGS = ['nf_conntrack_acct', 'nf_conntrack_timestamp', 'nf_conntrack_events'];

export function conntrack(directory = DIRECTORY): Finding[] {
  const most = setting(directory, 'nf_conntrack_max');
  if (most === undefined) {
    return [fail('conntrack', 'the kernel module is not loaded', 'modprobe nf_conntrack')];
  }
  return [ok('conntrack', `up to ${most} flows`), ...SETTINGS.map((name) => switchedOn(directory, name))];
}

function switchedOn(directory: string, name: string): Finding {
  const value = setting(directory, name);
  if (value === '1') return ok(name, '1');
  if (value === undefined) return fail(name, 'not there', 'take a kernel with this setting');
  return warn(
    name,
    value,
    `the daemon sets it when it starts; for flows before that: sysctl -w net.netfilter.${name}=1`,
  );
}

function setting(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8').trim();
  } catch {
    return undefined;
  }
}
