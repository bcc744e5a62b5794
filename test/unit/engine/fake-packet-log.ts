/** Packets that rules tell of, for tests. */
import { parseAddress } from '../../../src/address/address.ts';
import type { PacketLog } from '../../../src/engine/denied-feed.ts';
import { emptyPacket, type LoggedPacket } from '../../../src/nflog/packet.ts';

export class FakePacketLog implements PacketLog, Disposable {
  readonly fd = -1;
  readonly counters = { packets: 0, missed: 0, overruns: 0, undecodable: 0 };
  readonly waiting: LoggedPacket[] = [];

  drain(onPacket: (packet: LoggedPacket) => void, limit: number): boolean {
    for (const packet of this.waiting.splice(0, limit)) onPacket(packet);
    return this.waiting.length > 0;
  }

  [Symbol.dispose](): void {}
}

export interface PacketText {
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly protocol?: number;
  readonly sourcePort?: number;
}

/** As a rule tells it. */
export function packet(
  { from, to, port = 443, protocol = 6, sourcePort = 40_000 }: PacketText,
  more: Partial<LoggedPacket> = {},
): LoggedPacket {
  return {
    ...emptyPacket(),
    known: 'transport',
    source: { ...parseAddress(from) },
    destination: { ...parseAddress(to) },
    protocol,
    sourcePort,
    destinationPort: port,
    prefix: 'penstock refused',
    hook: 2,
    ...more,
  };
}
