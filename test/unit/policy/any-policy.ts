/** Policies, flows and moments for property tests: from a small corner of each family, so that they meet. */
import fc from 'fast-check';
import { type Address, ipv4, ipv6, type Prefix, parseAddress } from '../../../src/address/address.ts';
import { formatPrefix, maskAddress } from '../../../src/address/prefix.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { FlowQuestion } from '../../../src/policy/verdict.ts';
import { loadGood } from './sources.ts';

/** Addresses from a small corner of each family, so that networks overlap and flows hit them. */
export const fours = fc
  .integer({ min: 0, max: 63 })
  .map((n) => ipv4(0x0a010000 + (n >> 3) * 0x10000 + (n & 7)));
export const sixes = fc
  .integer({ min: 0, max: 63 })
  .map((n) => ipv6(0x20010db8, n >> 4, (n >> 2) & 3, n & 3));
export const special = fc
  .constantFrom(
    '224.0.0.251',
    '127.0.0.1',
    '169.254.1.1',
    '239.1.1.1',
    '255.255.255.255',
    '0.0.0.0',
    'ff02::1',
    'fe80::1',
    '::1',
    'ff05::1',
    '::',
  )
  .map(parseAddress);
const address: fc.Arbitrary<Address> = fc.oneof(
  { weight: 6, arbitrary: fours },
  { weight: 6, arbitrary: sixes },
  { weight: 1, arbitrary: special },
);
export const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(
    address,
    fc.constantFrom(0, 8, 12, 13, 16, 29, 30, 31, 32),
    fc.constantFrom(0, 32, 62, 64, 94, 96, 126, 127, 128),
  )
  .map(([network, four, six]) => {
    const length = network.family === 4 ? four : six;
    return { address: maskAddress(network, length), length };
  });
const prefixes = (minLength: number) =>
  fc.array(prefix, { minLength, maxLength: 4 }).map((list) => list.map(formatPrefix));
/** Single addresses: wide ones here would leave nothing to allow. */
const narrow = fc.array(
  address.map((network) => formatPrefix({ address: network, length: network.family === 4 ? 32 : 128 })),
  { minLength: 1, maxLength: 3 },
);
const names = (list: readonly string[]) => fc.subarray([...list], { minLength: 1 });

const service = fc.constantFrom(
  [{ protocol: 'tcp', ports: [443] }],
  [{ protocol: 'tcp', ports: ['1-65535'] }],
  [
    { protocol: 'udp', ports: [53, '50-55'] },
    { protocol: 'tcp', ports: ['440-443', 80] },
  ],
  [{ protocol: 'any' }],
  [{ protocol: 'gre' }],
);
const schedule = fc.record({
  timezone: fc.constant('UTC'),
  days: names(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
  start: fc.constantFrom('00:00', '06:30', '22:00'),
  end: fc.constantFrom('06:00', '12:15', '24:00'),
});
const NAMES = ['x', 'y', 'z'];
const named = <T>(value: fc.Arbitrary<T>) => fc.tuple(value, value, value).map(([x, y, z]) => ({ x, y, z }));
const icmp = fc.constantFrom(
  [],
  [
    { family: 'ipv4', types: ['echo-request'] },
    { family: 'ipv6', types: [128, 1] },
  ],
);
const rule = fc.record({
  from: names(NAMES),
  to: fc.record({ sets: fc.subarray(NAMES), cidrs: prefixes(1) }),
  services: names(NAMES),
  icmp,
  schedule: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
  expires: fc.option(fc.constantFrom('2026-10-05T00:00:00Z', '2026-10-07T12:00:00Z'), { nil: undefined }),
});

export const policy: fc.Arbitrary<Policy> = fc
  .record({
    hostGroups: named(fc.record({ cidrs: prefixes(1), except: narrow })),
    addressSets: named(fc.record({ cidrs: prefixes(1), except: narrow })),
    services: named(service),
    schedules: named(schedule),
    rules: fc.array(rule, { minLength: 1, maxLength: 8 }),
    denyLists: fc.array(narrow, { maxLength: 2 }),
  })
  .map(({ rules, denyLists, ...rest }) => {
    const spec = {
      ...rest,
      rules: rules.map((fields, i) => ({ id: `r${i}`, ...fields })),
      denyLists: denyLists.map((cidrs, i) => ({ id: `d${i}`, cidrs })),
    };
    const fields = Object.entries(spec).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
    return loadGood(fields.join(''));
  });

const port = fc.constantFrom(0, 53, 80, 443, 443, 8080);

/** Mostly of one family, as real flows are. */
function questionOf(
  host: fc.Arbitrary<Address>,
  destination: fc.Arbitrary<Address>,
): fc.Arbitrary<FlowQuestion> {
  const end = fc.tuple(
    fc.oneof({ weight: 8, arbitrary: destination }, { weight: 1, arbitrary: special }),
    port,
  );
  return fc
    .record({
      direction: fc.constantFrom('outbound', 'outbound', 'outbound', 'outbound', 'inbound', 'foreign'),
      protocol: fc.constantFrom(1, 6, 6, 6, 17, 47, 58),
      host,
      asked: end,
      went: fc.option(end, { freq: 1 }),
      icmpType: fc.constantFrom(0, 1, 8, 128),
      icmpCode: fc.constantFrom(0, 3),
    })
    .map(({ asked: [destination, destinationPort], went, ...rest }) => {
      const [translated, translatedPort] = went ?? [destination, destinationPort];
      return { ...rest, destination, destinationPort, translated, translatedPort } as FlowQuestion;
    });
}
export const question = fc.oneof(
  questionOf(fours, fours),
  questionOf(sixes, sixes),
  questionOf(address, address),
);
export const moment = fc
  .integer({ min: 0, max: 7 * 24 * 4 })
  .map((quarter) => Date.parse('2026-10-05T00:00:00Z') + quarter * 900_000);
