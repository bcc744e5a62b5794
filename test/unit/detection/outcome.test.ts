import { expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { type Outcome, outcomeOf } from '../../../src/detection/outcome.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';

const TCP = 6;
const UDP = 17;
const V4 = { destination: parseAddress('203.0.113.9') };
const V6 = { destination: parseAddress('2001:db8::9') };
const counted = (packetsOut: number, packetsIn: number, bytesIn: number, change: Partial<Flow> = {}) => ({
  protocol: TCP,
  replied: packetsIn > 0,
  packetsOut,
  packetsIn,
  bytesIn,
  ...V4,
  ...change,
});

it.each<[string, Partial<Flow>, Outcome]>([
  ['a SYN into the void', counted(3, 0, 0), 'unanswered'],
  ['a RST', counted(1, 1, 40), 'refused'],
  ['a RST by IPv6', counted(1, 1, 60, V6), 'refused'],
  ['a RST after two SYNs', counted(2, 1, 40), 'refused'],
  ['a SYN-ACK with its least option', counted(2, 1, 44), 'answered'],
  ['a SYN-ACK by IPv6', counted(2, 1, 64, V6), 'answered'],
  ['two bare packets', counted(3, 2, 80), 'answered'],
  ['a connection', counted(10, 12, 9_000), 'answered'],
  ['a bare packet of UDP', counted(1, 1, 28, { protocol: UDP }), 'answered'],
  ['UDP into the void', counted(5, 0, 0, { protocol: UDP }), 'unanswered'],
  ['an echo that is answered', counted(1, 1, 40, { protocol: 1 }), 'answered'],
  ['no counters, and the kernel saw a reply', counted(0, 0, 0, { replied: true }), 'answered'],
  ['no counters, and it saw none', counted(0, 0, 0), 'unanswered'],
  ['counters in vain, whatever the kernel says', counted(2, 0, 0, { replied: true }), 'unanswered'],
])('%s', (_, flow, outcome) => {
  expect(outcomeOf({ ...emptyFlow(), ...flow })).toBe(outcome);
});
