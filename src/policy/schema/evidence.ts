/** What is kept of an incident, for those who have to explain it later. */
import * as z from 'zod';
import { durationField, sizeField } from './quantity.ts';
import { refusal } from './text.ts';

const HOUR_MS = 3_600_000;
const MIB = 2 ** 20;

const windowField = z.strictObject({
  before: durationField
    .prefault('5m')
    .refine((ms) => ms <= HOUR_MS, refusal('is too long', 'at most 1h'))
    .meta({ description: 'Connections of the host this long before the incident; default 5m, at most 1h' }),
  after: durationField
    .prefault('1m')
    .refine((ms) => ms <= HOUR_MS, refusal('is too long', 'at most 1h'))
    .meta({ description: 'How long is looked on before the bundle is sealed; default 1m, at most 1h' }),
});

/** A size of memory or of a bundle, up to a limit of its own. */
function bounded(standard: string, most: number, description: string) {
  return sizeField
    .prefault(standard)
    .refine((bytes) => bytes <= most, refusal('is too much', `at most ${most / MIB}MiB`))
    .meta({ description: `${description}; default ${standard}, at most ${most / MIB}MiB` });
}

const packetsField = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .meta({ description: 'Catch packets between the host and the destination while the incident is fresh' }),
  perIncident: z.int().min(1).max(10_000).default(200).meta({ description: 'Packets of one incident' }),
  bytes: bounded('256KiB', 16 * MIB, 'Bytes of one incident'),
  snaplen: z
    .int()
    .min(64)
    .max(65_535)
    .default(256)
    .meta({ description: 'Bytes kept of each packet, from its IP header on' }),
  ringBytes: bounded(
    '1MiB',
    64 * MIB,
    'Memory for dropped packets that were told before there was an incident',
  ),
  maxTotal: bounded('8MiB', 256 * MIB, 'Memory for the packets of all incidents that are fresh'),
});

const retentionField = z.strictObject({
  maxAge: durationField
    .prefault('90d')
    .meta({ description: 'Bundles are deleted when they are older; default 90d' }),
  maxTotal: sizeField
    .prefault('1GiB')
    .meta({ description: 'The oldest bundles are deleted when all together take more; default 1GiB' }),
});

export const evidenceField = z
  .strictObject({
    incidents: z
      .enum(['none', 'low', 'medium', 'high', 'critical'])
      .default('high')
      .meta({ description: 'Evidence is kept of incidents of this severity and above; none: of none' }),
    window: windowField.prefault({}),
    packets: packetsField.prefault({}),
    retention: retentionField.prefault({}),
  })
  .meta({ description: 'What is kept of an incident as one sealed bundle' });

/** Times in ms, sizes in bytes. */
export type EvidenceSettings = z.output<typeof evidenceField>;
