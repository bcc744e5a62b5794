/** Bundles of evidence: how many are kept, what became of the others, how many packets were caught. */
import type { Registry } from 'prom-client';
import { addFamily } from './family.ts';

/** Counts are since the start. */
export interface EvidenceCounts {
  readonly bundles: number;
  readonly bytes: number;
  readonly collecting: number;
  readonly sealed: number;
  readonly failed: number;
  readonly deleted: number;
  readonly packets: number;
  readonly packetsMissed: number;
}

const FAMILIES: readonly (readonly [string, string, (counts: EvidenceCounts) => number])[] = [
  ['penstock_evidence_bundles', 'Bundles of evidence that are kept', ({ bundles }) => bundles],
  ['penstock_evidence_bytes', 'Room that they take', ({ bytes }) => bytes],
  [
    'penstock_evidence_collecting',
    'Incidents whose evidence is being collected',
    ({ collecting }) => collecting,
  ],
  ['penstock_evidence_sealed_total', 'Bundles that were sealed', ({ sealed }) => sealed],
  ['penstock_evidence_failed_total', 'Incidents whose evidence could not be kept', ({ failed }) => failed],
  ['penstock_evidence_deleted_total', 'Bundles deleted for age or room', ({ deleted }) => deleted],
  ['penstock_evidence_packets_total', 'Packets that were caught for evidence', ({ packets }) => packets],
  [
    'penstock_evidence_packets_missed_total',
    'Packets that came too fast',
    ({ packetsMissed }) => packetsMissed,
  ],
];

export class EvidenceMeter {
  #source: () => EvidenceCounts | undefined = () => undefined;

  constructor(registry: Registry) {
    for (const [name, help, value] of FAMILIES) {
      addFamily(registry, {
        name,
        help,
        read: (put) => {
          const counts = this.#source();
          if (counts) put({}, value(counts));
        },
      });
    }
  }

  /** Where the counts come from, once they are kept. */
  readFrom(source: () => EvidenceCounts | undefined): void {
    this.#source = source;
  }
}
