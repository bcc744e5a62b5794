/** Evidence of incidents, put together: the collector, its shelf on disk, what catches packets, the counts. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Nftables } from 'node-nftables';
import type { Registry } from 'prom-client';
import type { EvidenceSource } from '../../edges/api/resource/evidence.ts';
import { EvidenceCollector } from '../../edges/evidence/evidence-collector.ts';
import { EvidenceShelf } from '../../edges/evidence/evidence-shelf.ts';
import { CAPTURE_GROUP, CAPTURE_TABLE, CaptureTable } from '../../enforcement/capture/capture-table.ts';
import type { EngineControl } from '../../engine/commands.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import { NflogSocket } from '../../nflog/socket.ts';
import { EvidenceMeter } from '../metrics/evidence-meter.ts';
import { PacketCapture } from './packet-capture.ts';

export interface EvidenceParts {
  readonly engine: EngineControl;
  readonly ledger: LedgerReader;
  readonly stateDir: string;
  readonly version: string;
  readonly registry: Registry;
  readonly log: { warn(message: string): void };
}

export interface Evidence extends EvidenceSource {
  /** Seal what is open; the engine and the ledger must still be there. */
  stop(): Promise<void>;
}

export async function openEvidence({
  engine,
  ledger,
  stateDir,
  version,
  registry,
  log,
}: EvidenceParts): Promise<Evidence> {
  const shelf = new EvidenceShelf(join(stateDir, 'evidence'));
  const { packets, close } = openCapture(log);
  const facts = { gateway: hostname(), version, now: Date.now };
  const collector = new EvidenceCollector({ engine, ledger, shelf, packets, log, ...facts });
  const unsubscribe = engine.onNotice((notice) => {
    if (notice.notice === 'appended') collector.wake();
    if (notice.notice === 'captureTouched') mendCapture(packets, log);
  });
  await collector.start();
  new EvidenceMeter(registry).readFrom(() => ({ ...collector.counts, ...packets.counts }));
  return {
    isCollecting: (incident) => collector.isCollecting(incident),
    has: (incident) => shelf.has(incident),
    read: (incident) => shelf.read(incident),
    async stop() {
      unsubscribe();
      await collector.stop();
      close();
    },
  };
}

function mendCapture(packets: PacketCapture, log: EvidenceParts['log']): void {
  const outcome = packets.mend();
  if (outcome === 'mended')
    log.warn('somebody else changed the table that catches packets; it was made anew');
  if (outcome instanceof Error) log.warn(`packets of incidents are not caught: ${outcome.message}`);
}

/** What a daemon that died left in the kernel goes first. */
function openCapture(log: EvidenceParts['log']) {
  const nft = Nftables.open();
  const table = new CaptureTable(nft);
  const isLeft = nft.listTables(CAPTURE_TABLE.family).some(({ name }) => name === CAPTURE_TABLE.name);
  if (isLeft) {
    log.warn('the table that catches packets was left behind, and is removed');
    table.remove();
  }
  const openLog = (copyBytes: number) => NflogSocket.open({ group: CAPTURE_GROUP, copyBytes });
  const packets = new PacketCapture({ table, openLog });
  const close = () => {
    packets[Symbol.dispose]();
    nft.close();
  };
  return { packets, close };
}
