/** Bits of an entry's status (linux/netfilter/nf_conntrack_common.h). */

/** Opened by a helper for another connection, as an FTP data connection. */
export const IPS_EXPECTED = 1 << 0;
/** Packets were seen in both directions. */
export const IPS_SEEN_REPLY = 1 << 1;
/** Not dropped early when the table is full. */
export const IPS_ASSURED = 1 << 2;
/** The first packet has left the machine. */
export const IPS_CONFIRMED = 1 << 3;
export const IPS_SRC_NAT = 1 << 4;
export const IPS_DST_NAT = 1 << 5;
/** Removed from the table. */
export const IPS_DYING = 1 << 9;
export const IPS_FIXED_TIMEOUT = 1 << 10;
/** In a flowtable: its packets pass by the forward chain. */
export const IPS_OFFLOAD = 1 << 14;
export const IPS_HW_OFFLOAD = 1 << 15;
