/**
 * One packet that a rule logged. The decoder refills one object: copy what you keep. What a message does not carry has
 * its neutral value, given at each field.
 */
import { mutableAddress } from '../address/address.ts';
import type { Headers } from './headers.ts';
import { NO_PROTOCOL } from './headers.ts';

export interface LoggedPacket extends Headers {
  /** What the rule says beside the packet (`log prefix "..."`): at most 127 bytes. '' when it says nothing. */
  prefix: string;
  /** When the packet came in, ms since the epoch with fraction; 0 when it was not stamped. */
  atMs: number;
  /** NF_INET_*: 1 input, 2 forward, 3 output; -1 when not said. */
  hook: number;
  mark: number;
  /** Interface indices; 0 when there is none, or not said. The physical ones are ports of a bridge. */
  inInterface: number;
  outInterface: number;
  physicalInInterface: number;
  physicalOutInterface: number;
  /** Of the machine that sent it over the last link, `02:00:00:00:00:01`; '' when the link has none. */
  hardwareAddress: string;
  /** Owner of the socket, for packets of this machine; -1 when not said. */
  userId: number;
  /** Number of the message in its group; -1 when not said. */
  sequence: number;
  /**
   * The packet's bytes, from its IP header on and as far as they were copied, lie in `view` from `payloadStart` to
   * `payloadEnd`. Undefined when the message carries none. The next message overwrites them.
   */
  view: DataView | undefined;
  payloadStart: number;
  payloadEnd: number;
}

export function emptyPacket(): LoggedPacket {
  return {
    known: 'nothing',
    source: mutableAddress(),
    destination: mutableAddress(),
    protocol: NO_PROTOCOL,
    sourcePort: 0,
    destinationPort: 0,
    icmpType: -1,
    icmpCode: -1,
    bytes: 0,
    isLaterFragment: false,
    prefix: '',
    atMs: 0,
    hook: -1,
    mark: 0,
    inInterface: 0,
    outInterface: 0,
    physicalInInterface: 0,
    physicalOutInterface: 0,
    hardwareAddress: '',
    userId: -1,
    sequence: -1,
    view: undefined,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

export function clearPacket(packet: LoggedPacket): void {
  packet.prefix = '';
  packet.atMs = 0;
  packet.hook = -1;
  packet.mark = 0;
  packet.inInterface = 0;
  packet.outInterface = 0;
  packet.physicalInInterface = 0;
  packet.physicalOutInterface = 0;
  packet.hardwareAddress = '';
  packet.userId = -1;
  packet.sequence = -1;
  packet.view = undefined;
  packet.payloadStart = 0;
  packet.payloadEnd = 0;
}
