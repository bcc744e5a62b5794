import { type ElementChange, encodeKey, type SetElement, type SetElementsDriver } from 'node-nftables';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Drivers, hosts, nets, ports, SAMPLES, TABLE, verdicts } from './table.ts';

const TIMES = { timeoutMs: 3_600_000, expiresInMs: 2_400_001 };

export function confirmationContract(current: () => Drivers): void {
  let elements: SetElementsDriver;
  beforeEach(() => {
    ({ elements } = current());
  });
  const confirmed = (...changes: ElementChange[]) => elements.apply(changes, { confirm: true });

  describe('a change that is to be confirmed', () => {
    it.each(SAMPLES)('is, whatever is done: $name', (set, first, second) => {
      const [timed, standing]: SetElement[] = [{ ...first, ...TIMES, comment: 'incident 7' }, second];
      expect(confirmed({ action: 'create', set, elements: [timed, standing] })).toBe(true);
      expect(confirmed({ action: 'refresh', set, elements: [{ ...first, timeoutMs: 60_000 }] })).toBe(true);
      expect(confirmed({ action: 'delete', set, elements: [standing] })).toBe(true);
      expect(confirmed({ action: 'discard', set, elements: [first, standing] })).toBe(true);
      expect(elements.list(set)).toEqual([]);
      expect(confirmed({ action: 'refresh', set, elements: [standing, timed] })).toBe(true);
      expect(elements.list(set)).toHaveLength(2);
    });

    it('is with values, and over several sets', () => {
      const { key } = encodeKey('ipv4_addr', '192.0.2.1');
      const other = encodeKey('ipv4_addr', '192.0.2.2');
      const port = { ...encodeKey('inet_service', 80), value: Buffer.from([192, 0, 2, 1]) };
      elements.add(hosts, [{ key }]);
      expect(
        confirmed(
          { action: 'discard', set: hosts, elements: [{ key }] },
          { action: 'create', set: ports, elements: [port] },
          {
            action: 'create',
            set: verdicts,
            elements: [
              { key, value: { jump: { target: 'judge' } } },
              { ...other, value: { drop: null } },
            ],
          },
          { action: 'create', set: nets, elements: [SAMPLES[4][1]] },
        ),
      ).toBe(true);
    });

    it('is when a table is restored', () => {
      const image = elements.captureTable(TABLE);
      if (image === undefined) throw new Error('no table');
      const changes = SAMPLES.map(
        ([set, first]): ElementChange => ({ action: 'add', set, elements: [{ ...first, ...TIMES }] }),
      );
      expect(elements.restoreTable(image, changes, { confirm: true })).toBe(true);
      expect(elements.restoreTable(image, changes)).toBe(false);
    });

    it('is not unless asked for, and nothing is when nothing changes', () => {
      const change: ElementChange = { action: 'add', set: hosts, elements: [SAMPLES[0][1]] };
      expect(elements.apply([change])).toBe(false);
      expect(confirmed()).toBe(true);
    });
  });
}
