/**
 * Announcements of every change of the ruleset, by whomever, as they happen.
 *
 *   table a new, set b new, element new, generation 17 (pid 4711, nft)     one transaction
 *   table a delete, ..., generation 18 (pid 815, evil)                     the next
 */
import { MessageCursor, NETLINK_NETFILTER, NetlinkSocket, NFNLGRP_NFTABLES } from 'node-netlink';
import type { Drained, RulesetMonitorDriver } from '../driver.ts';
import type { RulesetChange } from './change.ts';
import { ChangeDecoder } from './change-decoder.ts';

/** The kernel announces each element by itself: some 280,000 addresses fit. It is a limit; nothing is reserved. */
const RECEIVE_BUFFER_BYTES = 32 << 20;
const DEFAULT_MAX_DATAGRAMS = 1_000;

export interface RulesetMonitorOptions {
  /** Kernel queue; needs CAP_NET_ADMIN to be larger than net.core.rmem_max. Default 32 MiB. */
  readonly receiveBufferBytes?: number;
  /**
   * What was asked for through this port (`portId` of a `SetElements`) is not told, its end of transaction neither: a
   * hundred thousand elements of one's own cost next to nothing then.
   */
  readonly except?: number;
}

export class RulesetMonitor implements RulesetMonitorDriver {
  readonly #socket: NetlinkSocket;
  readonly #message = new MessageCursor();
  readonly #decoder = new ChangeDecoder();
  readonly #except: number | undefined;
  /**
   * Announcements were lost, and the kernel drops more without a word until the queue was empty once (netlink_overrun and
   * netlink_rcv_wake in net/netlink/af_netlink.c).
   */
  #isBehind = false;

  private constructor(socket: NetlinkSocket, except: number | undefined) {
    this.#socket = socket;
    this.#except = except;
  }

  /** In the calling thread's network namespace; announcements are kept from here on. @throws NetlinkError */
  static open({
    receiveBufferBytes = RECEIVE_BUFFER_BYTES,
    except,
  }: RulesetMonitorOptions = {}): RulesetMonitor {
    const socket = NetlinkSocket.open({ protocol: NETLINK_NETFILTER, receiveBufferBytes });
    try {
      socket.join(NFNLGRP_NFTABLES);
    } catch (error) {
      socket.close();
      throw error;
    }
    return new RulesetMonitor(socket, except);
  }

  get fd(): number {
    return this.#socket.fd;
  }

  drain(onChange: (change: RulesetChange) => void, maxDatagrams = DEFAULT_MAX_DATAGRAMS): Drained {
    let lost = false;
    for (let taken = 0; taken < maxDatagrams; taken++) {
      const received = this.#socket.receive();
      if (received === 'empty') {
        lost ||= this.#isBehind;
        this.#isBehind = false;
        return { lost, more: false };
      }
      if (received === 'overrun') lost = this.#isBehind = true;
      else if (received !== 'foreign') this.#decode(received, onChange);
    }
    return { lost, more: true };
  }

  apart<T>(generation: () => number, work: () => T): T {
    const before = generation();
    const wasBehind = this.#isBehind;
    let ours = 0;
    this.#socket.leave(NFNLGRP_NFTABLES);
    try {
      const result = work();
      ours = 1;
      return result;
    } finally {
      // As long as it is not known to be otherwise.
      this.#isBehind = true;
      this.#socket.join(NFNLGRP_NFTABLES);
      this.#isBehind = wasBehind || generation() !== before + ours;
    }
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #decode(length: number, onChange: (change: RulesetChange) => void): void {
    const message = this.#message.load(this.#socket.view, length);
    while (message.next()) {
      if (message.portId === this.#except) continue;
      const change = this.#decoder.decode(message);
      if (change !== undefined) onChange(change);
    }
  }
}
