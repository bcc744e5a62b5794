/**
 * rtnetlink (rtnetlink(7), linux/rtnetlink.h, linux/neighbour.h, linux/if_link.h): what is read of it here.
 *
 * A neighbour: struct ndmsg in host order, then attributes NDA_*:
 *
 *    0        1       2        4                 8         10      11      12
 *   +--------+-------+--------+-----------------+---------+-------+-------+----------------
 *   | family | pad   | pad    | interface index | state   | flags | type  | attributes
 *   +--------+-------+--------+-----------------+---------+-------+-------+----------------
 *
 * A link: struct ifinfomsg in host order, then attributes IFLA_*:
 *
 *    0        1       2        4                 8         12       16
 *   +--------+-------+--------+-----------------+---------+--------+----------------
 *   | family | pad   | type   | interface index | flags   | change | attributes
 *   +--------+-------+--------+-----------------+---------+--------+----------------
 */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;

/** Multicast groups for `join`. */
export const RTNLGRP_LINK = 1;
export const RTNLGRP_NEIGH = 3;

export const NDMSG_BYTES = 12;
export const NDA_DST = 1;
export const NDA_LLADDR = 2;

/** States in which the kernel holds a link-layer address that it uses. */
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
export const NUD_PERMANENT = 0x80;
/** Nothing was resolved: multicast, loopback, links without addresses. */
export const NUD_NOARP = 0x40;

export const IFINFOMSG_BYTES = 16;
export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_LINK = 5;
export const IFLA_MASTER = 10;
export const IFLA_LINKINFO = 18;
/** Present when the link in IFLA_LINK is in another network namespace. */
export const IFLA_LINK_NETNSID = 37;
/** In IFLA_LINKINFO. */
export const IFLA_INFO_KIND = 1;

/** In `type` of struct ifinfomsg (linux/if_arp.h). */
export const ARPHRD_ETHER = 1;

export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;
