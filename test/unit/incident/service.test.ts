import { expect, it } from 'vitest';
import { formatService, serviceOf } from '../../../src/incident/service.ts';

it.each([
  ['tcp/443', 6, 443],
  ['udp/53', 17, 53],
  ['icmp', 1, 0],
  ['ipv6-icmp', 58, 0],
  ['gre', 47, 7],
  ['200', 200, 5],
])('names %s', (name, protocol, destinationPort) => {
  expect(formatService(serviceOf({ protocol, destinationPort }))).toBe(name);
});
