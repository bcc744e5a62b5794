/** The machine: privileges, kernel, libraries. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import koffi from 'koffi';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Bit of CAP_NET_ADMIN (capability.h). */
const NET_ADMIN = 1n << 12n;

/** @param status `/proc/self/status` */
export function privileges(status = readFileSync('/proc/self/status', 'utf8')): Finding {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (effective !== undefined && (BigInt(`0x${effective}`) & NET_ADMIN) !== 0n) {
    return ok('privileges', 'CAP_NET_ADMIN is there');
  }
  return fail('privileges', 'CAP_NET_ADMIN is missing', 'run the daemon as root');
}

/** Oldest kernel with what the table needs: intervals in concatenations. */
const NEEDED = [5, 6] as const;
/** From here a set element's timeout can be refreshed in place, and events carry their time. */
const WANTED = [6, 14] as const;

export function kernel(version = release()): Finding {
  const found = /^(\d+)\.(\d+)/.exec(version);
  const isAtLeast = ([major, minor]: readonly [number, number]) =>
    Number(found?.[1]) > major || (Number(found?.[1]) === major && Number(found?.[2]) >= minor);
  if (!isAtLeast(NEEDED)) return fail('kernel', version, `take Linux ${NEEDED.join('.')} or newer`);
  if (isAtLeast(WANTED)) return ok('kernel', version);
  return warn('kernel', version, `works; from ${WANTED.join('.')} events carry their own time`);
}

export function libnftables(library = 'libnftables.so.1'): Finding {
  try {
    koffi.load(library).unload();
    return ok('libnftables', `${library} loads`);
  } catch (error) {
    return fail('libnftables', (error as Error).message, 'apt-get install libnftables1');
  }
}

/** Penstock does not call it; people need it to look at the table. */
export function nftCommand(command = 'nft'): Finding {
  try {
    const version = execFileSync(command, ['--version'], { encoding: 'utf8', timeout: 5_000, stdio: 'pipe' });
    return ok('nft command', version.trim());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it fails';
    return warn('nft command', code, 'apt-get install nftables, to look at the table by hand');
  }
}
