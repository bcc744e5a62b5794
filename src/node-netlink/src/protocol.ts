/** Netlink families (linux/netlink.h): what `open({protocol})` takes. */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;
export const NETLINK_GENERIC = 16;
