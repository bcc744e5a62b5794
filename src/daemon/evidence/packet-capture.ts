/**
 * Catches the packets of incidents while they are fresh. It lives in the main thread, on a socket of its own, so that
 * the engine knows nothing of it:
 *
 *   kernel -- table inet penstock_capture, so many a second --> group --> drain, now and then --> pots
 *
 *   pot, one an incident:  arm -----> catching ----- take: what is in it
 *                                        |
 *                                        +-- its packets or bytes are full: its elements leave the kernel
 *
 * Table and socket are there only while there is a pot.
 */
import { type Address, copyAddress, parseAddress } from '../../address/address.ts';
import type { Catch, CatchOrder, PacketSource } from '../../edges/evidence/packet-source.ts';
import type { CaptureTable, CaughtPair } from '../../enforcement/capture/capture-table.ts';
import { EnforcementError } from '../../enforcement/errors.ts';
import { isBetween } from '../../engine/evidence/packet-ring.ts';
import type { CaughtPacket } from '../../evidence/pcapng.ts';
import { NflogKernelError } from '../../nflog/errors.ts';
import type { LoggedPacket } from '../../nflog/packet.ts';
import type { NflogSocket } from '../../nflog/socket.ts';

const DRAIN_EVERY_MS = 50;
const PACKETS_A_TURN = 512;

export interface CaptureKernel {
  readonly table: Pick<CaptureTable, 'install' | 'remove' | 'arm' | 'disarm'>;
  /** @throws NflogKernelError */
  openLog(copyBytes: number): Pick<NflogSocket, 'drain' | 'counters'> & Disposable;
}

export interface CaptureCounts {
  readonly packets: number;
  readonly packetsMissed: number;
}

interface Pot {
  readonly host: Address;
  readonly others: readonly Address[];
  readonly pairs: readonly CaughtPair[];
  readonly limits: CatchOrder['limits'];
  /** By `performance.now()`. */
  readonly untilMs: number;
  readonly packets: CaughtPacket[];
  bytes: number;
  missed: number;
  isFull: boolean;
}

export class PacketCapture implements PacketSource, Disposable {
  readonly #kernel: CaptureKernel;
  readonly #pots = new Map<string, Pot>();
  #log: ReturnType<CaptureKernel['openLog']> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Bytes in all pots. */
  #total = 0;
  #packets = 0;
  #missed = 0;

  constructor(kernel: CaptureKernel) {
    this.#kernel = kernel;
  }

  get counts(): CaptureCounts {
    return { packets: this.#packets, packetsMissed: this.#missed + (this.#log?.counters.missed ?? 0) };
  }

  arm({ incident, host, others, limits, forMs }: CatchOrder): string | undefined {
    const [from, ends] = [parseAddress(host), others.map(parseAddress)];
    const pairs = (ends.length === 0 ? [null] : ends).map((other) => ({ host: from, other }));
    const untilMs = performance.now() + forMs;
    try {
      this.#open(limits.snaplen);
      this.#kernel.table.arm(pairs, forMs);
    } catch (error) {
      this.#closeIfIdle();
      return (error as Error).message;
    }
    const pot = { host: copyAddress(from), others: ends, pairs, limits, packets: [], untilMs };
    this.#pots.set(incident, { ...pot, bytes: 0, missed: 0, isFull: false });
    return undefined;
  }

  take(incident: string): Catch {
    const pot = this.#pots.get(incident);
    if (pot === undefined) return { packets: [], missed: 0 };
    this.#drain();
    this.#pots.delete(incident);
    this.#total -= pot.bytes;
    this.#release(pot);
    this.#closeIfIdle();
    return { packets: pot.packets, missed: pot.missed };
  }

  /**
   * Somebody else has touched the table: make it anew, for what is still caught.
   * @returns whether there was something to mend, or why it could not be; then nothing more is caught
   */
  mend(): 'idle' | 'mended' | Error {
    if (this.#log === undefined) return 'idle';
    try {
      this.#kernel.table.install();
      for (const { pairs, untilMs, isFull } of this.#pots.values()) {
        const leftMs = untilMs - performance.now();
        if (!isFull && leftMs > 0) this.#kernel.table.arm(pairs, leftMs);
      }
      return 'mended';
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
      return error;
    }
  }

  [Symbol.dispose](): void {
    this.#pots.clear();
    this.#closeIfIdle();
  }

  /** @throws EnforcementError, NflogKernelError */
  #open(snaplen: number): void {
    if (this.#log !== undefined) return;
    // Who reads is there before there is anything to read.
    this.#log = this.#kernel.openLog(snaplen);
    this.#kernel.table.install();
    this.#timer = setInterval(() => this.#drain(), DRAIN_EVERY_MS);
    this.#timer.unref();
  }

  #closeIfIdle(): void {
    if (this.#pots.size > 0 || this.#log === undefined) return;
    clearInterval(this.#timer);
    this.#missed += this.#log.counters.missed;
    this.#log[Symbol.dispose]();
    this.#log = undefined;
    this.#trying(() => this.#kernel.table.remove());
  }

  #drain(): void {
    try {
      this.#log?.drain(this.#onPacket, PACKETS_A_TURN);
    } catch (error) {
      // What the kernel could not hand over is lost, and the next comes.
      if (!(error instanceof NflogKernelError)) throw error;
      this.#missed += 1;
    }
  }

  readonly #onPacket = (packet: LoggedPacket): void => {
    let copy: CaughtPacket | undefined;
    for (const pot of this.#pots.values()) {
      if (!isBetween(packet, pot.host, pot.others)) continue;
      copy ??= copyOf(packet, pot.limits.snaplen);
      if (copy !== undefined) this.#put(pot, copy);
    }
  };

  #put(pot: Pot, packet: CaughtPacket): void {
    const { perIncident, bytes, maxTotal } = pot.limits;
    const size = packet.data.length;
    if (pot.packets.length >= perIncident || pot.bytes + size > bytes || this.#total + size > maxTotal) {
      pot.missed += 1;
      this.#missed += 1;
      if (!pot.isFull) this.#release(pot);
      pot.isFull = true;
      return;
    }
    pot.packets.push(packet);
    pot.bytes += size;
    this.#total += size;
    this.#packets += 1;
  }

  /** Another pot may want the same packets: then its elements, which these are, stay. */
  #release({ pairs }: Pot): void {
    const wanted = [...this.#pots.values()].filter(({ isFull }) => !isFull).flatMap((pot) => pot.pairs);
    const isWanted = (pair: CaughtPair) => wanted.some((other) => other !== pair && sameText(pair, other));
    this.#trying(() => this.#kernel.table.disarm(pairs.filter((pair) => !isWanted(pair))));
  }

  /** What stays in the kernel ends by its timeout. */
  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof EnforcementError)) throw error;
    }
  }
}

function sameText(one: CaughtPair, other: CaughtPair): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function copyOf(
  { view, payloadStart, payloadEnd, bytes, atMs }: LoggedPacket,
  snaplen: number,
): CaughtPacket | undefined {
  if (view === undefined) return undefined;
  const length = Math.min(payloadEnd - payloadStart, snaplen);
  const data = new Uint8Array(view.buffer, view.byteOffset + payloadStart, length).slice();
  // What this machine sends itself has no time of arrival.
  return { atMs: atMs || Date.now(), originalBytes: Math.max(bytes, length), data };
}
