/*
 * The kernel's own limits for a conntrack dump and for a block, and entries to dump:
 *
 *   conntrack-tool fill FIRST COUNT   established TCP connections, put in by ctnetlink
 *   conntrack-tool read               asks for a dump and reads it, looking at nothing but where it ends
 *   conntrack-tool block NETWORK SECONDS
 *                                     puts the destination of each new connection into NETWORK/16 (of IPv4) into the
 *                                     set `blocked` of table `inet bench`: no policy, no guardrail, no record
 *
 * `read` prints bytes and seconds, `block` "ready" and milliseconds from the kernel's event to the acknowledged element,
 * a line each.
 * Layouts: linux/netlink.h, linux/netfilter/nfnetlink.h, nfnetlink_conntrack.h, nf_tables.h.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TIMESTAMP_EVENT = 27 }; /* CTA_TIMESTAMP_EVENT, from Linux 6.14: Debian's headers are older */

static char buffer[1 << 18];
static size_t used;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *put(uint16_t type, const void *data, uint16_t size) {
  struct nlattr *attribute = (struct nlattr *)(buffer + used);
  attribute->nla_type = type;
  attribute->nla_len = NLA_HDRLEN + size;
  if (size > 0) memcpy((char *)attribute + NLA_HDRLEN, data, size);
  used += NLA_ALIGN(attribute->nla_len);
  return attribute;
}

static void *begin(uint16_t type) { return put(type | NLA_F_NESTED, NULL, 0); }

static void end(void *nest) {
  struct nlattr *attribute = nest;
  attribute->nla_len = buffer + used - (char *)nest;
}

static void put_tuple(uint16_t type, uint32_t from, uint32_t to, uint16_t sport, uint16_t dport) {
  uint8_t tcp = 6;
  uint16_t source = htons(sport), destination = htons(dport);
  uint32_t first = htonl(from), second = htonl(to);
  void *tuple = begin(type);
  void *ip = begin(CTA_TUPLE_IP);
  put(CTA_IP_V4_SRC, &first, 4);
  put(CTA_IP_V4_DST, &second, 4);
  end(ip);
  void *proto = begin(CTA_TUPLE_PROTO);
  put(CTA_PROTO_NUM, &tcp, 1);
  put(CTA_PROTO_SRC_PORT, &source, 2);
  put(CTA_PROTO_DST_PORT, &destination, 2);
  end(proto);
  end(tuple);
}

static struct nlmsghdr *message(uint16_t type, uint16_t flags) {
  struct nlmsghdr *header = (struct nlmsghdr *)(buffer + used);
  struct nfgenmsg family = {.nfgen_family = AF_INET, .version = NFNETLINK_V0};
  memset(header, 0, sizeof *header);
  header->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  used += NLMSG_HDRLEN;
  memcpy(buffer + used, &family, sizeof family);
  used += NLMSG_ALIGN(sizeof family);
  return header;
}

/* 10.1.x.y:1024+ to 198.18.a.b:443, a host and a port for each number. */
static void put_connection(uint32_t number) {
  uint32_t host = 0x0a010000 + number % 10000, server = 0xc6120000 + (number / 7) % 50000;
  uint16_t port = 1024 + (number / 10000) % 64000;
  uint32_t timeout = htonl(86400), status = htonl(IPS_CONFIRMED | IPS_ASSURED | IPS_SEEN_REPLY);
  uint8_t established = 3;
  struct nlmsghdr *header = message(IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL);
  put_tuple(CTA_TUPLE_ORIG, host, server, port, 443);
  put_tuple(CTA_TUPLE_REPLY, server, host, 443, port);
  put(CTA_TIMEOUT, &timeout, 4);
  put(CTA_STATUS, &status, 4);
  void *info = begin(CTA_PROTOINFO);
  void *tcp = begin(CTA_PROTOINFO_TCP);
  put(CTA_PROTOINFO_TCP_STATE, &established, 1);
  end(tcp);
  end(info);
  header->nlmsg_len = buffer + used - (char *)header;
}

static int open_socket(void) {
  int size = 8 << 20, fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  return fd;
}

static void fill(uint32_t first, uint32_t count) {
  int fd = open_socket();
  for (uint32_t i = 0; i < count;) {
    for (used = 0; i < count && used < sizeof buffer / 2; i++) put_connection(first + i);
    if (send(fd, buffer, used, 0) < 0) fail("send");
    char answer[8192]; /* errors only: nothing asks to be acknowledged */
    ssize_t got = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    if (got > 0 && ((struct nlmsghdr *)answer)->nlmsg_type == NLMSG_ERROR) {
      int error = ((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error;
      fprintf(stderr, "connection %u: %s\n", first + i, strerror(-error));
      exit(1);
    }
  }
  close(fd);
}

static void read_all(void) {
  struct timespec before, after;
  uint64_t bytes = 0;
  int fd = open_socket(), done = 0;
  used = 0;
  struct nlmsghdr *header = message(IPCTNL_MSG_CT_GET, NLM_F_DUMP);
  header->nlmsg_len = used;
  clock_gettime(CLOCK_MONOTONIC, &before);
  if (send(fd, buffer, used, 0) < 0) fail("send");
  while (!done) {
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0) fail("recv");
    bytes += got;
    done = ((struct nlmsghdr *)buffer)->nlmsg_type == NLMSG_DONE;
  }
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("{\"bytes\": %llu, \"seconds\": %.6f}\n", (unsigned long long)bytes,
         (after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9);
}

static const void *find(const void *from, size_t length, uint16_t type, size_t *size) {
  const char *at = from, *stop = at + length;
  while (at + NLA_HDRLEN <= stop) {
    const struct nlattr *attribute = (const struct nlattr *)at;
    if ((attribute->nla_type & NLA_TYPE_MASK) == type) {
      *size = attribute->nla_len - NLA_HDRLEN;
      return at + NLA_HDRLEN;
    }
    at += NLA_ALIGN(attribute->nla_len);
  }
  *size = 0;
  return NULL;
}

static struct nlmsghdr *nft_message(uint16_t type, uint16_t flags, uint8_t family) {
  struct nlmsghdr *header = message(0, flags);
  struct nfgenmsg *body = NLMSG_DATA(header);
  header->nlmsg_type = type;
  header->nlmsg_len = NLMSG_HDRLEN + sizeof *body;
  body->nfgen_family = family;
  if (family == AF_UNSPEC) body->res_id = htons(NFNL_SUBSYS_NFTABLES);
  return header;
}

static void add_element(int fd, uint32_t address) {
  used = 0;
  nft_message(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC);
  struct nlmsghdr *header =
      nft_message((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_ACK, 1 /* NFPROTO_INET */);
  put(NFTA_SET_ELEM_LIST_TABLE, "bench", sizeof "bench");
  put(NFTA_SET_ELEM_LIST_SET, "blocked", sizeof "blocked");
  void *list = begin(NFTA_SET_ELEM_LIST_ELEMENTS), *element = begin(NFTA_LIST_ELEM), *key = begin(NFTA_SET_ELEM_KEY);
  put(NFTA_DATA_VALUE, &address, 4);
  end(key);
  end(element);
  end(list);
  header->nlmsg_len = buffer + used - (char *)header;
  nft_message(NFNL_MSG_BATCH_END, 0, AF_UNSPEC);
  if (send(fd, buffer, used, 0) < 0) fail("send");
  if (recv(fd, buffer, sizeof buffer, 0) < 0) fail("recv");
  errno = -((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)buffer))->error;
  if (errno != 0) fail("element");
}

static double now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static void block(uint32_t network, double seconds) {
  static char event[1 << 16];
  struct sockaddr_nl any = {.nl_family = AF_NETLINK};
  int group = NFNLGRP_CONNTRACK_NEW, events = open_socket(), nft = open_socket();
  if (bind(events, (struct sockaddr *)&any, sizeof any) < 0) fail("bind");
  if (setsockopt(events, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("join");
  double until = now_ns(CLOCK_MONOTONIC) + seconds * 1e9;
  struct pollfd waiting = {.fd = events, .events = POLLIN};
  printf("ready\n");
  fflush(stdout);
  while (now_ns(CLOCK_MONOTONIC) < until) {
    if (poll(&waiting, 1, 100) < 1) continue;
    ssize_t got = recv(events, event, sizeof event, 0);
    if (got < 0) fail("recv");
    size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg)), size;
    const void *stamp = find(event + skip, got - skip, TIMESTAMP_EVENT, &size);
    const void *part = find(event + skip, got - skip, CTA_TUPLE_ORIG, &size);
    if (part) part = find(part, size, CTA_TUPLE_IP, &size);
    if (part) part = find(part, size, CTA_IP_V4_DST, &size);
    if (!stamp || !part) continue;
    uint64_t at;
    uint32_t destination;
    memcpy(&at, stamp, sizeof at);
    memcpy(&destination, part, sizeof destination);
    if (ntohl(destination) >> 16 != network >> 16) continue;
    add_element(nft, destination);
    printf("%.4f\n", (now_ns(CLOCK_REALTIME) - be64toh(at)) / 1e6);
  }
}

int main(int count, char **words) {
  if (count == 4 && strcmp(words[1], "fill") == 0) fill(strtoul(words[2], NULL, 10), strtoul(words[3], NULL, 10));
  else if (count == 2 && strcmp(words[1], "read") == 0) read_all();
  else if (count == 4 && strcmp(words[1], "block") == 0) block(strtoul(words[2], NULL, 10), strtod(words[3], NULL));
  else {
    fprintf(stderr, "usage: conntrack-tool fill FIRST COUNT | read | block NETWORK SECONDS\n");
    return 2;
  }
  return 0;
}
