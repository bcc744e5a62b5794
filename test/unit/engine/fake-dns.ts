/** Where DNS is seen, without a kernel: a test puts packets into the queue and takes them out at the other end. */
import type { DnsTableSettings } from '../../../src/enforcement/names/dns-table.ts';
import type { NamesKernel } from '../../../src/engine/dns-tap.ts';
import type { QueuedPacket, QueueVerdict } from '../../../src/names/queue/message.ts';
import type { PacketSource } from '../../../src/names/queue/packet-queue.ts';

export class FakeDns implements NamesKernel {
  /** Of the table that stands. */
  settings: DnsTableSettings | undefined;
  /** How often the table was made. */
  made = 0;
  /** Thrown instead of making it. */
  refusal: Error | undefined;
  readonly waiting: QueuedPacket[] = [];
  readonly open: { failOpen: boolean }[] = [];

  readonly table = {
    install: (settings: DnsTableSettings) => {
      if (this.refusal !== undefined) throw this.refusal;
      this.settings = settings;
      this.made += 1;
      return 'expression' as const;
    },
    remove: () => {
      this.settings = undefined;
    },
    difference: () => (this.settings === undefined ? 'table inet penstock_names is missing' : undefined),
  };

  openQueue({ failOpen }: { failOpen: boolean }): PacketSource {
    const queue = { failOpen };
    this.open.push(queue);
    return {
      fd: 1_000 + this.open.length,
      drain: (judge: (packet: QueuedPacket) => QueueVerdict, maxPackets: number) => {
        const taken = this.waiting.splice(0, maxPackets);
        for (const packet of taken) judge(packet);
        return { packets: taken.length, lost: false, more: this.waiting.length > 0 };
      },
      [Symbol.dispose]: () => void this.open.splice(this.open.indexOf(queue), 1),
    };
  }
}
