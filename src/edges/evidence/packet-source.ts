/** Where a collector gets packets from. */
import type { CaughtPacket } from '../../evidence/pcapng.ts';
import type { EvidenceSettings } from '../../policy/schema/evidence.ts';

export interface CatchOrder {
  readonly incident: string;
  /** Canonical text. No others: everything of the host. */
  readonly host: string;
  readonly others: readonly string[];
  readonly limits: EvidenceSettings['packets'];
  readonly forMs: number;
}

/** `missed`: came, and were too many. */
export interface Catch {
  readonly packets: readonly CaughtPacket[];
  readonly missed: number;
}

export interface PacketSource {
  /** Catch from now on. @returns why not, in words; undefined when it is done */
  arm(order: CatchOrder): string | undefined;
  /** What was caught; nothing more is. */
  take(incident: string): Catch;
}
