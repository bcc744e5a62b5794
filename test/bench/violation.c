/*
 * What does not obey, and the eyes that see it blocked, the same for whoever blocks:
 *
 *   violation announced ROUNDS PAUSE packet NAMESPACE ADDRESS PORT
 *   violation announced ROUNDS PAUSE line FILE ADDRESS
 *                 each round, after a pause of up to PAUSE milliseconds at random: one UDP packet, sent from a namespace
 *                 (its file), or one line in a log; the next round is of the next address
 *   violation flow RATE SECONDS ADDRESS PORT
 *                 UDP packets of one flow at a steady rate, each when it is due
 *
 * `announced` prints the microseconds of each round: from just before the packet or line to the kernel's announcement,
 * in the namespace that it is started in, that an element was added to a set of nftables. A thread of its own looks out
 * for it: whoever is woken by the packet may run on the processor that sends it, and then sendto() comes back when he
 * rests, long after the block. It goes before all other threads. Addresses are numbers.
 * Layouts: linux/netlink.h, linux/netfilter/nfnetlink.h, nf_tables.h.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 30, NEW_ELEMENT = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSETELEM };

static char announcement[1 << 16];
static atomic_bool is_awaited;
static sem_t seen;
static double seen_us;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) fail("socket");
  return fd;
}

static void send_packet(int fd, uint32_t address, uint16_t port) {
  static const char payload[16];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
  /* What is blocked on its way may be refused here already. */
  sendto(fd, payload, sizeof payload, 0, (struct sockaddr *)&to, sizeof to);
}

static void write_line(int fd, uint32_t address) {
  char line[64];
  struct in_addr of = {.s_addr = htonl(address)};
  int size = snprintf(line, sizeof line, "refused %s\n", inet_ntoa(of));
  if (write(fd, line, size) != size) fail("write");
}

static int open_monitor(void) {
  int size = 8 << 20, group = NFNLGRP_NFTABLES, fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  struct sockaddr_nl any = {.nl_family = AF_NETLINK};
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0) fail("bind");
  if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("join");
  return fd;
}

static int has_new_element(ssize_t size) {
  int left = size;
  for (struct nlmsghdr *at = (struct nlmsghdr *)announcement; NLMSG_OK(at, left); at = NLMSG_NEXT(at, left))
    if (at->nlmsg_type == NEW_ELEMENT) return 1;
  return 0;
}

static void *look_out(void *monitor) {
  for (;;) {
    ssize_t got = recv(*(int *)monitor, announcement, sizeof announcement, 0);
    double at = now_us();
    if (got < 0) fail("recv");
    if (!has_new_element(got) || !atomic_exchange(&is_awaited, 0)) continue;
    seen_us = at;
    sem_post(&seen);
  }
  return NULL;
}

static void start_looking_out(void) {
  static int monitor;
  pthread_t thread;
  monitor = open_monitor();
  sem_init(&seen, 0, 0);
  if (pthread_create(&thread, NULL, look_out, &monitor) != 0) fail("thread");
  /* It sees when something is there, not when its turn has come. */
  struct sched_param first = {.sched_priority = sched_get_priority_max(SCHED_FIFO)};
  if ((errno = pthread_setschedparam(thread, SCHED_FIFO, &first)) != 0) fail("priority");
}

static double wait_seen(void) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE_S;
  if (sem_timedwait(&seen, &until) < 0) fail("no block");
  return seen_us;
}

static void announced(int rounds, double pause_ms, int violates, int is_line, uint32_t address, uint16_t port) {
  start_looking_out();
  srand48(time(NULL) ^ getpid());
  for (int round = 0; round < rounds; round++) {
    usleep(drand48() * pause_ms * 1000);
    atomic_store(&is_awaited, 1);
    double began = now_us();
    if (is_line) write_line(violates, address + round);
    else send_packet(violates, address + round, port);
    printf("%.1f\n", wait_seen() - began);
  }
}

/* In another namespace; the monitor stays in ours. */
static int socket_in(const char *namespace) {
  int ours = open("/proc/self/ns/net", O_RDONLY), theirs = open(namespace, O_RDONLY);
  if (ours < 0 || theirs < 0 || setns(theirs, CLONE_NEWNET) < 0) fail(namespace);
  int fd = udp_socket();
  if (setns(ours, CLONE_NEWNET) < 0) fail("setns");
  return fd;
}

static int log_file(const char *path) {
  int fd = open(path, O_WRONLY | O_APPEND);
  if (fd < 0) fail(path);
  return fd;
}

static void flow(double rate, double seconds, uint32_t address, uint16_t port) {
  int fd = udp_socket();
  double began = now_us(), passed = 0;
  for (long sent = 0; passed < seconds * 1e6; passed = now_us() - began)
    for (; sent <= passed / 1e6 * rate; sent++) send_packet(fd, address, port);
}

int main(int count, char **words) {
#define NUMBER(i) strtoul(words[i], NULL, 10)
  if (count == 8 && strcmp(words[1], "announced") == 0 && strcmp(words[4], "packet") == 0)
    announced(NUMBER(2), NUMBER(3), socket_in(words[5]), 0, NUMBER(6), NUMBER(7));
  else if (count == 7 && strcmp(words[1], "announced") == 0 && strcmp(words[4], "line") == 0)
    announced(NUMBER(2), NUMBER(3), log_file(words[5]), 1, NUMBER(6), 0);
  else if (count == 6 && strcmp(words[1], "flow") == 0)
    flow(NUMBER(2), strtod(words[3], NULL), NUMBER(4), NUMBER(5));
  else {
    fprintf(stderr, "usage: violation announced ROUNDS PAUSE (packet NAMESPACE ADDRESS PORT | line FILE ADDRESS)\n"
                    "                 flow RATE SECONDS ADDRESS PORT\n");
    return 2;
  }
  return 0;
}
