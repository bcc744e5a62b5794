/** `kill -9` at every step of a block's coming, and of its end by time. */
import { AROUND_THE_KERNEL, block, type Happening, killedDuring, violate } from '../faults/happening.ts';

const BLOCK = 'action: block, target: flow, ttl: 1h';

const HAPPENINGS: Happening[] = [
  {
    what: 'an automatic block without approval',
    action: `${BLOCK}, approval: none`,
    start: violate,
    after: 'active',
  },
  {
    what: 'a provisional block',
    action: `${BLOCK}, approval: provisional, holdFor: 10m`,
    start: violate,
    after: 'provisional',
  },
  {
    what: 'a block by hand',
    action: 'action: alert',
    start: block(3_600_000),
    after: 'active',
    otherwise: 'none',
  },
  {
    what: 'a lapse',
    action: `${BLOCK}, approval: provisional, holdFor: 1s`,
    earlier: 1,
    start: violate,
    after: 'lapsed',
  },
  { what: 'an expiry', action: 'action: alert', earlier: 1, start: block(1_000), after: 'expired' },
];

const [first, ...others] = HAPPENINGS;
killedDuring(first);
for (const happening of others) killedDuring(happening, AROUND_THE_KERNEL);
