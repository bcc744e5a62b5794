/** Who is who in a chaos run. */

/** Inside. The client is never quarantined: its datagrams are what automatic blocks come from. */
export const CLIENT = { 4: '10.1.0.10', 6: 'fd00:1::10' };
export const HOSTS: readonly string[] = ['10.1.0.11', '10.1.0.12', 'fd00:1::11'];

/** Outside: every policy allows it. */
export const SHOP = { 4: '203.0.113.10', 6: '2001:db8:66::10' };
/** No rule allows these. */
export const STRANGERS: readonly string[] = [
  '198.51.100.60',
  '198.51.100.61',
  '198.51.100.70',
  '2001:db8:66::60',
  '2001:db8:66::61',
];
/** What people block: single addresses, and prefixes that lie in each other. */
export const PREFIXES: readonly string[] = [
  '198.51.100.60/32',
  '198.51.100.61/32',
  '198.51.100.64/26',
  '198.51.100.64/27',
  '198.51.100.72/29',
  '203.0.113.10/32',
  '2001:db8:66::60/128',
  '2001:db8:66:1::/64',
  '2001:db8:66:1::/80',
];
/** What a policy may put under neverBlock. */
export const PROTECTABLE: readonly string[] = ['198.51.100.60/32', '198.51.100.64/26', '2001:db8:66::60/128'];
