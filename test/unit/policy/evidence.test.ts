import { describe, expect, test } from 'vitest';
import { evidenceField } from '../../../src/policy/schema/evidence.ts';

const MIB = 2 ** 20;

describe('what is kept of an incident', () => {
  test('has defaults for all: flows of high incidents, no packets', () => {
    expect(evidenceField.parse({})).toEqual({
      incidents: 'high',
      window: { before: 300_000, after: 60_000 },
      packets: {
        ...{ enabled: false, perIncident: 200, bytes: 256 * 1024, snaplen: 256 },
        ...{ ringBytes: MIB, maxTotal: 8 * MIB },
      },
      retention: { maxAge: 90 * 86_400_000, maxTotal: 1024 * MIB },
    });
  });

  test.each([
    ['another severity', { incidents: 'most' }],
    ['a window of hours', { window: { after: '2h' } }],
    ['no packets at all', { packets: { perIncident: 0 } }],
    ['more bytes than a bundle should have', { packets: { bytes: '17MiB' } }],
    ['less of a packet than its headers', { packets: { snaplen: 20 } }],
    ['what nobody knows', { retention: { forever: true } }],
  ])('refuses %s', (_, given) => {
    expect(evidenceField.safeParse(given).success).toBe(false);
  });
});
