/** Messages of ctnetlink (linux/netfilter/nfnetlink_conntrack.h) and the address families in their nfgenmsg. */
import type { Family } from '../address/address.ts';

/** A new or a changed entry, and every entry of a dump. */
export const IPCTNL_MSG_CT_NEW = 0;
export const IPCTNL_MSG_CT_GET = 1;
export const IPCTNL_MSG_CT_DELETE = 2;

const AF_INET = 2;
const AF_INET6 = 10;

export function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}
