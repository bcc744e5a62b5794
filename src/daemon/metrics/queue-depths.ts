/**
 * How full the kernel's queues to our netlink sockets are, and what was dropped there, without asking the thread that
 * reads them (proc(5), /proc/net/netlink; net/netlink/af_netlink.c netlink_seq_show):
 *
 *   sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
 *                     ^ bytes that wait    ^ messages lost for want of room
 *
 * A socket is found by its inode, which /proc/self/fd/N tells.
 */
import { readFileSync, readlinkSync } from 'node:fs';

export interface QueueDepth {
  readonly queue: string;
  readonly bytes: number;
  readonly drops: number;
}

/** @param sockets file descriptors by what is read from them; those that are gone are left out */
export function queueDepths(sockets: Readonly<Record<string, number>>, proc = '/proc'): QueueDepth[] {
  try {
    const byInode = readSockets(`${proc}/net/netlink`);
    return Object.entries(sockets).flatMap(([queue, fd]) => {
      const found = byInode.get(inodeOf(`${proc}/self/fd/${fd}`) ?? '');
      return found === undefined ? [] : [{ queue, ...found }];
    });
  } catch {
    // No /proc, or none of ours.
    return [];
  }
}

function readSockets(path: string): Map<string, Pick<QueueDepth, 'bytes' | 'drops'>> {
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const columns = row.trim().split(/\s+/);
      return [columns[9], { bytes: Number(columns[4]), drops: Number(columns[8]) }];
    }),
  );
}

function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}
