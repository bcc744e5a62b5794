/** What the daemon leaves on the disk, and what the kernel holds ready for it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { EngineSource } from './engine-source.ts';
import { addFamily } from './family.ts';
import { queueDepths } from './queue-depths.ts';

const FILES = ['ledger.db', 'ledger.db-wal', 'access.db', 'alerts.db', 'history.db'];

export function addStateMetrics(registry: Registry, { measures }: EngineSource, stateDir: string): void {
  addFamily(registry, {
    name: 'penstock_state_file_bytes',
    help: 'Size of a file of the state directory; ledger.db-wal is what waits for a checkpoint',
    labels: ['file'],
    read(put) {
      for (const file of FILES) {
        const bytes = statSync(join(stateDir, file), { throwIfNoEntry: false })?.size;
        if (bytes !== undefined) put({ file }, bytes);
      }
    },
  });
  const depths = async () => queueDepths((await measures())?.sockets ?? {});
  addFamily(registry, {
    name: 'penstock_queue_bytes',
    help: "Bytes that wait in the kernel's queue to a netlink socket",
    labels: ['queue'],
    async read(put) {
      for (const { queue, bytes } of await depths()) put({ queue }, bytes);
    },
  });
  addFamily(registry, {
    name: 'penstock_queue_drops_total',
    help: 'Messages that the queue to a netlink socket had no room for',
    labels: ['queue'],
    async read(put) {
      for (const { queue, drops } of await depths()) put({ queue }, drops);
    },
  });
}
