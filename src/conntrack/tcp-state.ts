/** States of a TCP connection as conntrack sees it (linux/netfilter/nf_conntrack_tcp.h). */

export const TCP_CONNTRACK_SYN_SENT = 1;
export const TCP_CONNTRACK_SYN_RECV = 2;
export const TCP_CONNTRACK_ESTABLISHED = 3;
export const TCP_CONNTRACK_FIN_WAIT = 4;
export const TCP_CONNTRACK_CLOSE_WAIT = 5;
export const TCP_CONNTRACK_LAST_ACK = 6;
export const TCP_CONNTRACK_TIME_WAIT = 7;
/** After a reset. */
export const TCP_CONNTRACK_CLOSE = 8;
/** Both ends opened at once. */
export const TCP_CONNTRACK_SYN_SENT2 = 9;
