/*
 * UDP datagrams, each of which is a flow of its own:
 *
 *   flow-generator RATE SECONDS BASE COUNT
 *
 * BASE is an address as a number, COUNT how many from there take turns; so do the ports 1024-65535. RATE times SECONDS
 * datagrams, in bursts of a millisecond; RATE 0: as many as this machine can send in that time. Ends by itself, and prints
 * `{sent, seconds}` as JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_PORT = 1024, PORTS = 64512, TICK_US = 1000, FLAT_OUT_BURST = 256 };

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void send_flow(int fd, unsigned long number, uint32_t base, uint32_t count) {
  static const char payload[16];
  struct sockaddr_in to = {
    .sin_family = AF_INET,
    .sin_port = htons(FIRST_PORT + number / count % PORTS),
    .sin_addr.s_addr = htonl(base + number % count),
  };
  /* What is blocked on its way may be refused here already. */
  sendto(fd, payload, sizeof payload, 0, (struct sockaddr *)&to, sizeof to);
}

int main(int words, char **word) {
  if (words != 5) {
    fprintf(stderr, "usage: flow-generator RATE SECONDS BASE COUNT\n");
    return 2;
  }
  double rate = strtod(word[1], NULL), seconds = strtod(word[2], NULL);
  uint32_t base = strtoul(word[3], NULL, 10), count = strtoul(word[4], NULL, 10);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) {
    perror("socket");
    return 1;
  }
  unsigned long sent = 0, total = rate * seconds;
  double began = now_s(), passed = 0;
  while (total > 0 ? sent < total : passed < seconds) {
    double due = total > 0 ? passed * rate : sent + FLAT_OUT_BURST;
    for (; sent < due && (total == 0 || sent < total); sent++) send_flow(fd, sent, base, count);
    if (total > 0) usleep(TICK_US);
    passed = now_s() - began;
  }
  printf("{\"sent\": %lu, \"seconds\": %.6f}\n", sent, passed);
  return 0;
}
