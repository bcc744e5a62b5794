import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAddress, ipv4 } from '../../../src/address/address.ts';
import { ProfileStore } from '../../../src/detection/profile-store.ts';
import { listHosts } from '../../../src/engine/host-listing.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { NOW } from '../policy/sources.ts';
import { HOUR, POLICY } from './bench.ts';

const IN_FORCE = { policy: POLICY, compiled: compilePolicy(POLICY) };
const MOST_HOSTS = 150;

/** In one pause: hosts that are found, for which others are forgotten, and hosts that are seen again. */
const happening = fc.record({ find: fc.nat(3), see: fc.array(fc.nat(), { maxLength: 4 }) });

it('a page of all shows each host that is known throughout once, with what is known of it and not of another', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: MOST_HOSTS }),
      fc.array(happening, { maxLength: 20 }),
      (before, pauses) => {
        const store = new ProfileStore(MOST_HOSTS);
        let last = 0;
        // Each is first seen an hour after the one before, which tells whose profile is shown.
        const find = () => {
          const host = store.touch(ipv4(0x0a01_0000 + last), NOW + last * HOUR);
          for (let answer = 0; answer < 5; answer++) store.answered(host);
          last += 1;
        };
        const address = (n: number) => ipv4(0x0a01_0000 + n);
        while (last < before) find();
        const job = listHosts(store, IN_FORCE, { limit: 10 * MOST_HOSTS }, NOW);
        let step = job.next();
        for (const { find: found, see } of pauses) {
          if (step.done) break;
          for (let n = 0; n < found; n++) find();
          // Long after, so that it is put behind the others.
          for (const n of see) if (store.get(address(n % last))) store.touch(address(n % last), NOW * 2 + n);
          step = job.next();
        }
        while (!step.done) step = job.next();
        const shown = step.value.hosts;
        const names = shown.map(({ host }) => host);
        expect(new Set(names).size).toBe(names.length);
        for (let n = 0; n < before; n++)
          if (store.get(address(n))) expect(names).toContain(formatAddress(address(n)));
        for (const { host, firstSeenMs } of shown)
          expect(host).toBe(formatAddress(address((firstSeenMs - NOW) / HOUR)));
      },
    ),
    { numRuns: 30 },
  );
});
