/*
 * The kernel's own limit for a conntrack dump, and entries to dump:
 *
 *   conntrack-tool fill FIRST COUNT   established TCP connections, put in by ctnetlink
 *   conntrack-tool read               asks for a dump and reads it, looking at nothing but where it ends
 *
 * `read` prints bytes and seconds. Layouts: linux/netlink.h, linux/netfilter/nfnetlink.h, nfnetlink_conntrack.h.
 */
#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

int main(int count, char **words) {
  if (count == 4 && strcmp(words[1], "fill") == 0) fill(strtoul(words[2], NULL, 10), strtoul(words[3], NULL, 10));
  else if (count == 2 && strcmp(words[1], "read") == 0) read_all();
  else {
    fprintf(stderr, "usage: conntrack-tool fill FIRST COUNT | read\n");
    return 2;
  }
  return 0;
}
